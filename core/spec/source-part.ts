import type { SourceSpec } from './source';

/**
 * Canonical text of the part of a spec that an approval is bound to. Two specs with equal text need
 * the same publication and slot; any difference voids a pending approval. The hash of this text is
 * `sourceHash` in the catalog.
 */
export function canonicalSourcePart(source: SourceSpec): string {
  return JSON.stringify([
    source.type,
    source.database,
    source.schema,
    source.table.name,
    [...source.operations].sort(),
    source.columns ? [...source.columns].sort() : null,
    source.snapshot,
    ...laterFields(source),
  ]);
}

/** Fields that came later count only when they are set, so that the hash of an older spec stays what it was. */
function laterFields(source: SourceSpec): object[] {
  const { rowFilter, partitions, generatedColumns, origin, messagePrefixes, snapshotMethod, snapshotMaxThreads } = source;
  const set = { rowFilter, partitions, generatedColumns, origin, messagePrefixes, snapshotMethod, snapshotMaxThreads };
  return Object.values(set).some((value) => value !== undefined) ? [set] : [];
}
