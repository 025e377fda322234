import type { PublishedSpec } from '@/worker/source/postgres/publication';
import { readComment } from '@/worker/source/postgres/publication-comment';
import type { ObservedPublication } from '@/worker/source/postgres/publication-observation';

/** What a look at a stream's publication says, when it is not as it was made. */
export type Drift =
  /** Nothing of the table comes any more: only a person can decide. */
  | { readonly kind: 'publication_missing' | 'table_missing'; readonly sentence: string }
  /** Something comes, but not what the spec says. */
  | { readonly kind: 'altered'; readonly sentence: string };

/** Compares a publication with the spec and with the oid that its table had when the stream began. Null = as it was made. Pure. */
export function publicationDrift(
  spec: PublishedSpec,
  name: string,
  observed: ObservedPublication | null,
  tableOid: number | null,
): Drift | null {
  const declared = `${spec.schema}.${spec.table.name}`;
  if (!observed) return { kind: 'publication_missing', sentence: `publication ${name} is gone from the server: somebody dropped it` };
  const sameName = observed.tables.find((member) => member.schema === spec.schema && member.table === spec.table.name);
  const same = tableOid === null ? sameName : observed.tables.find((member) => member.oid === tableOid);
  if (!same && sameName) {
    return {
      kind: 'table_missing',
      sentence: `table ${declared} was dropped and made again: it is another table (oid ${sameName.oid} instead of ${tableOid}), and changes in between may be missing`,
    };
  }
  if (!same) {
    return {
      kind: 'table_missing',
      sentence: `table ${declared} is not in publication ${name} any more: it was dropped, or taken out by hand`,
    };
  }
  const differences = [
    ...(same === sameName ? [] : [`its table is now named ${same.schema}.${same.table}`]),
    ...observed.tables.filter((member) => member !== same).map((member) => `table ${member.schema}.${member.table} was added`),
    ...setDifference('operation', observed.operations, spec.operations),
    ...columnDifference(same.columns, spec.columns ?? null),
    ...filterDifference(same.filter, spec.rowFilter, observed.comment),
    ...(observed.viaRoot === (spec.partitions !== 'leaf')
      ? []
      : [`rows of partitions come under the name of the ${observed.viaRoot ? 'root' : 'leaf'}`]),
    ...(observed.generatedColumns === (spec.generatedColumns === true)
      ? []
      : [`generated columns are ${observed.generatedColumns ? 'published although the spec does not say so' : 'not published any more'}`]),
  ];
  if (differences.length === 0) return null;
  return { kind: 'altered', sentence: `publication ${name} was altered by hand: ${differences.join('; ')}` };
}

/** The server keeps the meaning of a condition, not its text: it is compared with how it printed the same one when it was made. */
function filterDifference(now: string | null, declared: string | undefined, comment: string | null): string[] {
  if (!declared) return now === null ? [] : [`a row filter was set: ${now}`];
  if (now === null) return ['its row filter was removed'];
  const made = readComment(comment);
  return made?.declared === declared && made.printed === now ? [] : [`its row filter is now ${now}, the spec says ${declared}`];
}

function columnDifference(now: readonly string[] | null, declared: readonly string[] | null): string[] {
  if (now === null && declared === null) return [];
  if (now === null) return ['its column list was removed'];
  if (declared === null) return [`it carries only columns ${now.join(', ')}`];
  return setDifference('column', now, declared);
}

function setDifference(what: string, now: readonly string[], declared: readonly string[]): string[] {
  return [
    ...declared.filter((entry) => !now.includes(entry)).map((entry) => `${what} ${entry} is not published any more`),
    ...now.filter((entry) => !declared.includes(entry)).map((entry) => `${what} ${entry} is published although the spec does not say so`),
  ];
}
