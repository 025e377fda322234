import { expect, it } from 'vitest';
import { commentFor } from '@/worker/source/postgres/publication-comment';
import { publicationDrift } from './publication-drift';

const spec = {
  schema: 'public',
  table: { name: 'orders' },
  operations: ['insert', 'update', 'delete'] as ('insert' | 'update' | 'delete')[],
};
const member = { oid: 7, schema: 'public', table: 'orders', columns: null, filter: null as string | null };
const made = {
  name: 'p',
  allTables: false,
  viaRoot: true,
  generatedColumns: false,
  comment: null as string | null,
  operations: ['insert', 'update', 'delete'],
  tables: [member],
};
const drift = (observed: typeof made | null, columns?: string[]) =>
  publicationDrift({ ...spec, ...(columns ? { columns } : {}) }, 'p', observed, 7);

it('is silent while the publication is as it was made', () => {
  expect(drift(made)).toBeNull();
  expect(publicationDrift(spec, 'p', made, null)).toBeNull();
});

it.each([
  ['the publication is gone', null, 'publication_missing', 'somebody dropped it'],
  ['the table is gone', { ...made, tables: [] }, 'table_missing', 'not in publication p any more'],
  ['another table has its name', { ...made, tables: [{ ...member, oid: 8 }] }, 'table_missing', 'oid 8 instead of 7'],
  ['it was renamed', { ...made, tables: [{ ...member, table: 'sales' }] }, 'altered', 'now named public.sales'],
  ['an operation was taken out', { ...made, operations: ['insert', 'update'] }, 'altered', 'operation delete is not published any more'],
  ['a table was added', { ...made, tables: [member, { ...member, oid: 9, table: 'more' }] }, 'altered', 'table public.more was added'],
  ['a row filter was set', { ...made, tables: [{ ...member, filter: '(a > 1)' }] }, 'altered', 'a row filter was set: (a > 1)'],
  ['leaf names are published', { ...made, viaRoot: false }, 'altered', 'under the name of the leaf'],
  ['generated columns are published', { ...made, generatedColumns: true }, 'altered', 'generated columns are published'],
] as const)('says that %s', (_, observed, kind, words) => {
  const found = drift(observed as typeof made | null);
  expect(found?.kind).toBe(kind);
  expect(found?.sentence).toContain(words);
});

it('compares column lists', () => {
  expect(drift(made, ['id'])?.sentence).toContain('column list was removed');
});

it('compares a row filter with what the server printed when it was made', () => {
  const comment = commentFor({ declared: 'a > 1', printed: '(a > 1)' });
  const look = (filter: string | null, said: string | null = comment) =>
    publicationDrift({ ...spec, rowFilter: 'a > 1' }, 'p', { ...made, comment: said, tables: [{ ...member, filter }] }, 7)?.sentence ??
    null;
  expect(look('(a > 1)')).toBeNull();
  expect(look('(a > 2)')).toContain('row filter is now (a > 2), the spec says a > 1');
  expect(look(null)).toContain('row filter was removed');
  expect(look('(a > 1)', 'something else')).toContain('row filter is now');
});
