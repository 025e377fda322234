import type { SourceForm } from './source-part-form';

/** Which rows and messages become events, in a few words; empty when it is every row under the table's own name. */
export function rowWords({ rowFilter, partitions, generatedColumns, origin, messagePrefixes }: SourceForm): string {
  return [
    rowFilter ? `rows where ${rowFilter}` : null,
    partitions === 'leaf' ? 'names of partitions' : null,
    generatedColumns ? 'generated columns too' : null,
    origin === 'none' ? 'no replicated changes' : null,
    messagePrefixes ? `messages ${messagePrefixes.join(', ')}` : null,
  ]
    .filter(Boolean)
    .join('; ');
}
