import type { SourceForm } from './source-part-form';

/** What the form folds away under Advanced, in a few words; empty when nothing of it is chosen. */
export function advancedWords(source: SourceForm): string {
  const { snapshotMethod, snapshotMaxThreads, offsetMismatchStrategy } = source;
  return [
    ...rareRows(source),
    snapshotMethod === 'blocking' ? `existing rows in one pass${snapshotMaxThreads ? `, readers: ${snapshotMaxThreads}` : ''}` : null,
    offsetMismatchStrategy ? `moved slot: ${offsetMismatchStrategy}` : null,
  ]
    .filter(Boolean)
    .join('; ');
}

/** Which rows and messages become events, in a few words; empty when it is every row under the table's own name. */
export function rowWords(source: SourceForm): string {
  return [source.rowFilter ? `rows where ${source.rowFilter}` : null, ...rareRows(source)].filter(Boolean).join('; ');
}

function rareRows({ partitions, generatedColumns, origin, messagePrefixes }: SourceForm): (string | null)[] {
  return [
    partitions === 'leaf' ? 'names of partitions' : null,
    generatedColumns ? 'generated columns too' : null,
    origin === 'none' ? 'no replicated changes' : null,
    messagePrefixes ? `messages ${messagePrefixes.join(', ')}` : null,
  ];
}
