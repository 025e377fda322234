import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Change } from '@/worker/source/source';
import { ChunkReader, planReading } from './chunk-reader';
import { type SourceFixture, sourceFixture, specFor } from './fixture';
import { preflight } from './preflight';
import { readSnapshot } from './snapshot';

let db: SourceFixture;
beforeEach(async () => {
  db = await sourceFixture();
  // A partition that was attached may have the columns in another order, and dropped ones between them.
  await db.query(`create table t (region text, id int, note text, primary key (region, id)) partition by list (region);
    create table "T North" partition of t for values in ('n') partition by range (id);
    create table north_low partition of "T North" for values from (0) to (100);
    create table south (gone int, note text, id int not null, region text not null, primary key (region, id));
    alter table south drop gone; alter table t attach partition south for values in ('s');
    insert into t values ('n', 1, 'a'), ('s', 2, 'b')`);
});
afterEach(() => db.drop());

/** Table of the event and its row by name. */
function told({ op, relation, after }: Pick<Change, 'op' | 'relation' | 'after'>) {
  return [op, relation.table, Object.fromEntries(relation.columns.map(({ name }, index) => [name, after?.[index]]))];
}
const north = { region: 'n', id: '1', note: 'a' };
const south = { region: 's', id: '2', note: 'b' };

it.each([
  ['root', 't', 't', 't'],
  ['leaf', 'north_low', 'south', 'east'],
] as const)(
  'published by %s: existing rows, changes, and those of a partition attached meanwhile',
  async (partitions, low, attached, later) => {
    await db.provision('t', { partitions });
    const named = { source: db.source, streamId: db.streamId, epoch: 1, table: { schema: 'public', table: 't', partitions } };
    const blocking = await readSnapshot({ ...named, systemIdentifier: '1', exported: null });
    const read: unknown[] = [];
    for await (const change of blocking.rows) read.push(told(change));
    expect(read).toHaveLength(2);
    expect(read).toEqual(
      expect.arrayContaining([
        ['r', low, north],
        ['r', attached, south],
      ]),
    );
    expect(await planReading(named)).toMatchObject({ kind: 'chunks', key: ['region', 'id'] });
    const reader = await ChunkReader.open({ ...named, slotName: db.slotName });
    const chunk = await reader.read(['region', 'id'], null, { rows: 10, bytes: 1e6 });
    await reader.close();
    const placed = chunk?.rows.map((row) => chunk.place(row.tuple)) ?? [];
    expect(placed.map(({ relation, tuple }) => told({ op: 'r', relation, after: tuple }))).toEqual([
      ['r', low, north],
      ['r', attached, south],
    ]);
    expect(chunk?.cursor).toEqual(['s', '2']);

    const received = await db.subscribe();
    await db.query(`update t set note = 'c'`);
    await db.query(`create table east partition of t for values in ('e')`);
    await db.query(`insert into t values ('e', 3, 'd')`);
    await received.until((items) => items.filter(({ kind }) => kind === 'change').length === 3);
    expect(received.changes().map(told)).toEqual([
      ['u', low, { ...north, note: 'c' }],
      ['u', attached, { ...south, note: 'c' }],
      ['c', later, { region: 'e', id: '3', note: 'd' }],
    ]);
    const keys = received.changes().map(({ relation }) => relation.columns.filter(({ primaryKey }) => primaryKey).map(({ name }) => name));
    expect(keys.map((names) => names.sort())).toEqual([
      ['id', 'region'],
      ['id', 'region'],
      ['id', 'region'],
    ]);
  },
);

it('under the names of leaves neither a row filter nor a column list is possible, as the server says too', async () => {
  for (const pushed of [{ rowFilter: 'id > 1' }, { columns: ['region', 'id'] }]) {
    const steps = await preflight({ source: db.source, spec: specFor('t', { partitions: 'leaf', ...pushed }) });
    expect(steps.find(({ name }) => name === 'Partitions')?.status).toBe('failed');
    await expect(db.provision('t', { partitions: 'leaf', ...pushed })).rejects.toThrow(/cannot use (publication WHERE clause|column list)/);
  }
});
