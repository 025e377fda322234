import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { createFlow } from '@/worker/flow/registry';
import { ChunkReader, planReading } from '@/worker/source/postgres/chunk-reader';
import { type SourceFixture, sourceFixture, specFor } from '@/worker/source/postgres/fixture';
import { preflight } from '@/worker/source/postgres/preflight';
import { PresentValuesReader } from '@/worker/source/postgres/present-values';
import { readSnapshot } from '@/worker/source/postgres/snapshot';
import { listTables, sampleRows } from '@/worker/source/postgres/tables';
import type { Change } from '@/worker/source/source';

let db: SourceFixture;
beforeEach(async () => {
  db = await sourceFixture();
});
afterEach(() => db.drop());

const flow = createFlow(DEBEZIUM_DEFAULTS, { logicalName: 'shop', database: 'd', tombstones: true, spillwayVersion: '1' });
const eventsOf = (change: Change) => {
  const result = flow.transform(change, 1n);
  return result.kind === 'events' ? result.events : [];
};
const keys = (changes: readonly Change[]) =>
  changes.flatMap((change) => eventsOf(change).map(({ op, key, payload }) => [payload ? op : 'tombstone', key]));

it('quotes, dots, blanks, upper case and twins by case alone, in schema, table and columns: everywhere alike', async () => {
  const schema = `My "Sch.ema'`;
  const name = `Ta"ble. 1\\x`;
  const quoted = `"My ""Sch.ema'"."Ta""ble. 1\\x"`;
  await db.query(`create schema "My ""Sch.ema'"; create table ${quoted} ("Id" int, id int, "a ""b.c'" text, "ümläut $" text, primary key (id, "Id"));
    insert into ${quoted} values (1, 2, 'x', 'y')`);
  const spec = { schema, columns: ['Id', 'id', `a "b.c'`, 'ümläut $'], rowFilter: `"Id" < 9 and id > 1` };
  await db.provision(name, spec);
  const steps = await preflight({ source: db.source, spec: specFor(name, spec) });
  expect(steps.filter((step) => step.status === 'failed')).toEqual([]);
  const received = await db.subscribe();
  await db.query(`update ${quoted} set "a ""b.c'" = 'z'`);
  await received.until((items) => items.some(({ kind }) => kind === 'change'));
  const [change] = received.changes();
  const [event] = change ? eventsOf(change) : [];
  const value = JSON.parse(String(event?.payload));
  expect(event?.key).toBe('{"id":2,"Id":1}');
  expect(value).toMatchObject({ source: { schema, table: name }, after: { Id: 1, id: 2, 'a "b.c\'': 'z', 'ümläut $': 'y' } });

  const table = { schema, table: name, columns: spec.columns, rowFilter: spec.rowFilter };
  const named = { source: db.source, streamId: db.streamId, epoch: 1, table };
  const blocking = await readSnapshot({ ...named, systemIdentifier: '1', exported: null });
  const read: Change[] = [];
  for await (const row of blocking.rows) read.push(row);
  expect(keys(read)).toEqual([['r', event?.key]]);
  expect(await planReading(named)).toMatchObject({ kind: 'chunks', key: ['id', 'Id'] });
  const reader = await ChunkReader.open({ ...named, slotName: db.slotName });
  const chunk = await reader.read(['id', 'Id'], ['1', '5'], { rows: 5, bytes: 1e6 });
  await reader.close();
  expect(chunk?.rows.map(({ tuple }) => tuple)).toEqual([change?.after]);
  expect((await sampleRows({ source: db.source, table })).rows).toEqual([change?.after]);
  expect((await listTables(db.source)).map((listed) => [listed.schema, listed.name])).toEqual([[schema, name]]);
  const values = new PresentValuesReader({ source: () => db.source, applicationName: 'x', maxValueBytes: 100, rowFilter: spec.rowFilter });
  if (change)
    expect(
      [...(await values.read({ relation: change.relation, columns: [`a "b.c'`], keys: [['1', '2']] })).values()].map((row) => [...row]),
    ).toEqual([[[`a "b.c'`, 'z']]]);
  await values.close();
});

it('the fields of a key stand as it was declared; without a primary key a unique index on what is never null is the key, as with Debezium', async () => {
  await db.query(`create table declared (a int, b int, c int, primary key (c, a));
    create table indexed (a int, b int not null, c int not null, d int);
    create unique index z_first on indexed (c, b) include (d); create unique index b_nullable on indexed (a); create unique index a_part on indexed (b) where b > 0;
    alter table indexed replica identity full;
    create table bare (a int); alter table bare replica identity full`);
  const streamed: Record<string, unknown> = {};
  const read: Record<string, unknown> = {};
  for (const table of ['declared', 'indexed', 'bare']) await db.query(`insert into ${table} values (1${table === 'bare' ? '' : ', 2, 3'})`);
  await db.provision('declared');
  await db.query(`alter publication ${db.publicationName} add table indexed, bare`);
  const received = await db.subscribe();
  await db.query(
    'update declared set b = 5; update declared set c = 4; update indexed set d = 6; update indexed set b = 7; delete from bare',
  );
  await received.until((items) => items.filter(({ kind }) => kind === 'change').length === 5);
  for (const table of ['declared', 'indexed', 'bare']) {
    streamed[table] = keys(received.changes().filter(({ relation }) => relation.table === table));
    const ref = { schema: 'public', table };
    const blocking = await readSnapshot({
      source: db.source,
      streamId: db.streamId,
      epoch: 1,
      systemIdentifier: '1',
      exported: null,
      table: ref,
    });
    const rows: Change[] = [];
    for await (const row of blocking.rows) rows.push(row);
    read[table] = keys(rows);
  }
  expect(streamed).toEqual({
    declared: [
      ['u', '{"c":3,"a":1}'],
      ['d', '{"c":3,"a":1}'],
      ['tombstone', '{"c":3,"a":1}'],
      ['c', '{"c":4,"a":1}'],
    ],
    indexed: [
      ['u', '{"c":3,"b":2}'],
      ['d', '{"c":3,"b":2}'],
      ['tombstone', '{"c":3,"b":2}'],
      ['c', '{"c":3,"b":7}'],
    ],
    bare: [['d', null]],
  });
  expect(read).toEqual({ declared: [['r', '{"c":4,"a":1}']], indexed: [['r', '{"c":3,"b":7}']], bare: [] });
});
