import { expect, it } from 'vitest';
import { rowWords } from './row-words';
import { EMPTY_SOURCE_PART } from './source-part-form';

it('says which rows and messages become events, and nothing of what is usual', () => {
  expect(rowWords({ ...EMPTY_SOURCE_PART, partitions: 'root', origin: 'any', generatedColumns: false })).toBe('');
  expect(
    rowWords({
      ...EMPTY_SOURCE_PART,
      rowFilter: 'id > 1',
      partitions: 'leaf',
      generatedColumns: true,
      origin: 'none',
      messagePrefixes: ['a', 'b'],
    }),
  ).toBe('rows where id > 1; names of partitions; generated columns too; no replicated changes; messages a, b');
});
