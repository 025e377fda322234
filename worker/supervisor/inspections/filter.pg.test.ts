import { afterAll, beforeAll, expect, it } from 'vitest';
import { pushdownOf } from '@/core/spec/filter-pushdown';
import { createFilter } from '@/worker/flow/filter/filter';
import { type SourceFixture, sourceFixture, specFor } from '@/worker/source/postgres/fixture';
import { ensurePublication } from '@/worker/source/postgres/publication';
import { serverFacts } from '@/worker/source/postgres/server-facts';
import { sampleRows } from '@/worker/source/postgres/tables';
import { filterReport, filterStep } from './filter-report';
import { sampleChange } from './sample-change';

let db: SourceFixture;
beforeAll(async () => {
  db = await sourceFixture();
  await db.query(`create table t (id int8 primary key, size int4, "Status" text, paid bool);
    insert into t select n, nullif(n % 4, 0), (array['paid', null, 'it''s', ''])[n % 4 + 1], (array[true, false, null])[n % 3 + 1] from generate_series(-3, 20) n`);
});
afterAll(() => db.drop());

const sampled = () => sampleRows({ source: db.source, table: { schema: 'public', table: 't' }, limit: 100 });

it.each([
  { cel: 'after.id > 5' },
  { cel: 'after.id != -1 && after.size == 2' },
  { cel: 'after.size != 2' },
  { cel: 'after.size != null && after.size >= 2' },
  { cel: "!(after.Status == 'it\\'s' || after.id <= 3)" },
  { cel: 'after.Status in ["paid", ""] && after.paid != true' },
  { jsonPath: "[?(@.after.Status == 'paid')]" },
  { jsonPath: '[?!(@.after.size > 1)]' },
  { jsonPath: '[?(@.after.size == null || @.after.size < 2)]' },
])('the server lets the same rows pass: %j', async (filter) => {
  const { relation, rows } = await sampled();
  const columns = relation.columns.map(({ name, typeName, primaryKey }) => ({ name, typeName, neverNull: primaryKey }));
  const pushdown = await pushdownOf(filter, { operations: ['insert'] }, columns);
  expect(pushdown?.filter).toBeNull();
  const passes = await createFilter(filter);
  const facts = await serverFacts(db.source);
  const ours = rows.filter((row, index) => passes(sampleChange('c', relation, row, index, facts, 0n)) === null).map(([id]) => id);
  const theirs = await db.query(`select id::text from t where ${pushdown?.rowFilter}`);
  expect(ours.length).toBeGreaterThan(0);
  expect(ours.length).toBeLessThan(rows.length);
  expect(ours.sort()).toEqual(theirs.map(({ id }) => String(id)).sort());
  const spec = specFor('t', { operations: ['insert'], rowFilter: pushdown?.rowFilter });
  await expect(ensurePublication({ source: db.source, publicationName: db.publicationName, spec })).resolves.toBeDefined();
});

it('says what rows alone do not show: old values that are not sent, deletes without a new row, columns that are not there', async () => {
  const facts = await serverFacts(db.source);
  const { relation, rows } = await sampled();
  const source = { operations: ['insert' as const, 'update' as const, 'delete' as const] };
  const ask = (spec: object) => filterReport({ spec: { source, ...spec }, relation, rows, facts });
  const unseen = await ask({ filter: { changedColumns: ['size', 'id'] } });
  expect(unseen.warnings).toEqual(['Old values of size are not sent (replica identity default), so every update passes.']);
  expect(filterStep(unseen)).toMatchObject({ status: 'warning', remedy: 'ALTER TABLE "public"."t" REPLICA IDENTITY FULL;' });
  expect((await ask({ filter: { cel: 'after.id > 5' } })).warnings).toEqual([
    expect.stringContaining('Deletes of the sampled rows go to recovery'),
  ]);
  expect((await ask({ filter: { cel: 'row.id > 5' } })).warnings).toEqual([]);
  expect(
    (
      await ask({
        filter: { cel: 'row.id > 1 && after["lost"] == 1', changedColumns: ['gone'], jsonPath: '[?(@.after.left == 1)]' },
        transform: { mask: { columns: ['id'], text: '' } },
      })
    ).problems,
  ).toEqual([
    expect.objectContaining({ field: 'filter.changedColumns', value: 'gone' }),
    expect.objectContaining({ field: 'filter.cel', value: 'lost' }),
    expect.objectContaining({ field: 'filter.jsonPath', value: 'left' }),
    expect.objectContaining({ field: 'transform', remedy: expect.stringContaining('it is of the key') }),
  ]);
});
