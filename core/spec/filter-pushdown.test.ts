import { expect, it } from 'vitest';
import { type PushdownColumn, pushdownOf } from './filter-pushdown';
import { filterShape } from './row-filter';

const column = (name: string, typeName: string, neverNull = false): PushdownColumn => ({ name, typeName, neverNull });
const COLUMNS = [
  column('id', 'int8', true),
  column('size', 'int4'),
  column('Status', 'text'),
  column('price', 'numeric'),
  column('code', 'bpchar'),
  column('paid', 'bool'),
];
const INSERTS = { operations: ['insert' as const] };

it.each<[string, string | null, string | null]>([
  ['after.id > 5', '"id" > 5', null],
  ['5 <= row.id', '"id" >= 5', null],
  ['after.id != -1', '"id" <> (-1)', null],
  ['after.size == 5', '"size" IS NOT DISTINCT FROM 5', null],
  ["after.Status != 'it''s'".replace("''", "\\'"), `"Status" IS DISTINCT FROM 'it''s'`, null],
  ['after.size == null', '"size" IS NULL', null],
  ['after.paid == true', '"paid" IS NOT DISTINCT FROM true', null],
  ['after["Status"] in ["a", "b"]', `("Status" IS NOT DISTINCT FROM 'a' OR "Status" IS NOT DISTINCT FROM 'b')`, null],
  ['!(after.id > 5 || after.size == 1)', 'NOT (("id" > 5 OR "size" IS NOT DISTINCT FROM 1))', null],
  // NULL makes CEL fail here, and would only leave the row out in the server.
  ['after.size > 5', null, null],
  ['after.size != null && after.size > 5', '"size" IS NOT NULL AND "size" > 5', null],
  ['after.id > 5 && (after.size > 5 || op == "c")', '"id" > 5', '(after.size > 5 || op == "c")'],
  ['after.id > 5 && double(after.price) > 1.5', '"id" > 5', 'double(after.price) > 1.5'],
  // Other order, other equality, other types, another row.
  ['after.Status > "a"', null, null],
  ['after.code == "a"', null, null],
  ['after.price == 5', null, null],
  ['after.id == 5.0', null, null],
  ['after.id == "5"', null, null],
  ['before.id == 5', null, null],
  ['after.gone == 5', null, null],
  ["after.Status == 'a\\\\b'", null, null],
  ['source.lsn > 5 || after.id > 5', null, null],
])('cel %s → %s', async (cel, rowFilter, rest) => {
  const pushdown = await pushdownOf({ cel }, INSERTS, COLUMNS);
  expect(pushdown).toEqual(rowFilter === null ? null : { rowFilter, filter: rest === null ? null : { cel: rest } });
  if (rowFilter) expect(filterShape(rowFilter).trouble).toBeNull();
});

it.each<[string, string | null, string | null]>([
  ["[?(@.after.Status == 'paid' && @.source.lsn > 5)]", `"Status" IS NOT DISTINCT FROM 'paid'`, '[?(@.source.lsn > 5)]'],
  ['$[?@.after.size > 5]', '("size" > 5) IS TRUE', null],
  ['$[?!(@.after.size > 5)]', 'NOT (("size" > 5) IS TRUE)', null],
  ['$[?@.after.size == null || 3 < @.after.size]', '("size" IS NULL OR ("size" > 3) IS TRUE)', null],
  // Beyond 2^53 the path fails, and the server does not.
  ['$[?@.after.id > 5]', null, null],
  ['$[?@.after.size > 5.5]', null, null],
  ['$[?@.before.size != @.after.size]', null, null],
  ['$[?@.after.size]', null, null],
])('jsonPath %s → %s', async (jsonPath, rowFilter, rest) => {
  const pushdown = await pushdownOf({ jsonPath }, INSERTS, COLUMNS);
  expect(pushdown).toEqual(rowFilter === null ? null : { rowFilter, filter: rest === null ? null : { jsonPath: rest } });
});

it('joins the row filter that is there, keeps what is not moved, and needs inserts under the name of the root', async () => {
  const filter = { changedColumns: ['id'], cel: 'after.id > 5', jsonPath: '[?(@.after.size == 1)]' };
  expect(await pushdownOf(filter, { ...INSERTS, rowFilter: 'a OR b' }, COLUMNS)).toEqual({
    rowFilter: '(a OR b) AND "id" > 5 AND "size" IS NOT DISTINCT FROM 1',
    filter: { changedColumns: ['id'] },
  });
  expect(await pushdownOf(filter, { operations: ['insert', 'update'] }, COLUMNS)).toBeNull();
  expect(await pushdownOf(filter, { ...INSERTS, partitions: 'leaf' }, COLUMNS)).toBeNull();
  expect(await pushdownOf(undefined, INSERTS, COLUMNS)).toBeNull();
});
