import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '@/worker/source/source';
import { type SourceFixture, sourceFixture, specFor } from './fixture';
import { ensurePublication } from './publication';
import { ensureSlot } from './slot';
import { readSnapshot } from './snapshot';
import { sampleRows } from './tables';

let db: SourceFixture;
beforeEach(async () => {
  db = await sourceFixture();
});
afterEach(() => db.drop());

async function provisionWithSnapshot(table: string, columns?: string[], readers = 1) {
  await ensurePublication({ source: db.source, publicationName: db.publicationName, spec: specFor(table, { columns }) });
  const names = { streamId: db.streamId, epoch: 1, slotName: db.slotName, publicationName: db.publicationName };
  const slot = await ensureSlot({ source: db.source, ...names, recorded: null, exportSnapshot: true });
  if (!slot.snapshot) throw new Error('no snapshot was exported');
  const reading = await readSnapshot({
    source: db.source,
    streamId: db.streamId,
    epoch: 1,
    systemIdentifier: slot.systemIdentifier,
    table: { schema: 'public', table, columns },
    readers,
    exported: { snapshot: slot.snapshot, consistentPoint: slot.consistentPoint },
  });
  return { slot, reading, snapshot: slot.snapshot };
}

async function all(rows: AsyncGenerator<Change>): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const change of rows) changes.push(change);
  return changes;
}

describe('the initial snapshot', () => {
  it.each([1, 4])('by %i readers and the stream after it have no gap and no duplicate while others write', async (readers) => {
    await db.query('create table t (id int primary key, v int); insert into t select g, 0 from generate_series(1, 5000) g');
    let writing = true;
    let written = 5000;
    const writer = (async () => {
      while (writing) {
        await db.query('insert into t values ($1, 0)', [written + 1]);
        written += 1;
        if (written % 7 === 0) await db.query('update t set v = v + 1 where id = $1', [written - 3]);
      }
    })();
    const { reading, snapshot, slot } = await provisionWithSnapshot('t', undefined, readers);
    const state = new Map<string, string>();
    let inserts = 0;
    for await (const change of reading.rows) {
      expect(change.position).toMatchObject({ commitLsn: slot.consistentPoint, seq: state.size, fromSnapshot: true });
      state.set(change.after?.[0] as string, change.after?.[1] as string);
    }
    await snapshot.release();
    const snapshotRows = state.size;
    const received = await db.subscribe({
      onItem: (item) => {
        if (item.kind !== 'change') return;
        const [id, v] = (item.change.after ?? []) as string[];
        if (item.change.op === 'c') {
          expect(state.has(id ?? '')).toBe(false);
          inserts += 1;
        } else expect(Number(v)).toBe(Number(state.get(id ?? '')) + 1);
        state.set(id ?? '', v ?? '');
      },
    });
    writing = false;
    await writer;
    await received.until(() => state.size >= written);
    expect(snapshotRows).toBeGreaterThanOrEqual(5000);
    expect(inserts).toBe(written - snapshotRows);
    const rows = await db.query('select id::text, v::text from t order by id');
    await received.until(() => rows.every((row) => state.get(row.id as string) === row.v));
  });

  it('reads values in exactly the text that the stream sends, without generated columns', async () => {
    await db.query(`create type mood as enum ('ok'); create table t (id int primary key, bo bool, ts timestamptz, d date, n numeric, f float8, b bytea, j jsonb,
      i interval, m mood, a text[], r regclass, c char(5), x money, g int generated always as (id * 2) stored)`);
    const values = `true, now(), 'infinity', 'NaN', 1e-7, '\\x00ff', '{"b":1,"a":[1.0]}', '-1 day', 'ok', '{a,"b c",NULL}', 't', 'ab', -3.5`;
    await db.query(`insert into t values (1, ${values})`);
    const { reading, snapshot } = await provisionWithSnapshot('t');
    const [row] = await all(reading.rows);
    await snapshot.release();
    expect(row?.snapshot).toBe('last');
    const received = await db.subscribe();
    await db.query('insert into t select 2, bo, ts, d, n, f, b, j, i, m, a, r, c, x from t');
    await received.until(() => received.changes().length === 1);
    const [change] = received.changes();
    expect(row?.after?.slice(1)).toEqual(change?.after?.slice(1));
    expect(row?.relation).toEqual(change?.relation);
    expect(row?.after?.[1]).toBe('t');
    const sample = await sampleRows({ source: db.source, table: { schema: 'public', table: 't' } });
    expect(sample.rows).toEqual([change?.after, row?.after]);
  });

  it('marks first, true and last, keeps to the column list, and reads rows of any width', async () => {
    await db.query(`create table t (id int primary key, hidden text, big text)`);
    await db.query(
      `insert into t select g, 'secret', repeat('x', case when g % 50 = 0 then 1000000 else 10 end) from generate_series(1, 350) g; analyze t`,
    );
    const { reading, snapshot } = await provisionWithSnapshot('t', ['id', 'big']);
    const changes = await all(reading.rows);
    await snapshot.release();
    expect(reading.estimatedRows).toBe(350);
    expect(changes.map((change) => change.after?.[0])).toEqual(Array.from({ length: 350 }, (_, at) => String(at + 1)));
    expect(changes[0]?.relation.columns.map((column) => column.name)).toEqual(['id', 'big']);
    expect(changes.map((change) => change.snapshot).filter((mark) => mark !== 'true')).toEqual(['first', 'last']);
    expect([changes[0]?.snapshot, changes[349]?.snapshot]).toEqual(['first', 'last']);
  });

  it('reads a partitioned table through its root, and an empty table as nothing', async () => {
    await db.query(`create table t (id int primary key) partition by range (id); create table t1 partition of t for values from (0) to (10);
      create table t2 partition of t for values from (10) to (20); insert into t values (1), (11)`);
    const { reading, snapshot } = await provisionWithSnapshot('t');
    const changes = await all(reading.rows);
    await snapshot.release();
    expect(changes.map((change) => [change.relation.table, change.after?.[0]])).toEqual([
      ['t', '1'],
      ['t', '11'],
    ]);
    await db.query('create table nothing (id int primary key)');
    const empty = await readSnapshot({
      source: db.source,
      streamId: db.streamId,
      epoch: 1,
      systemIdentifier: '1',
      table: { schema: 'public', table: 'nothing' },
      exported: null,
    });
    expect(await all(empty.rows)).toEqual([]);
  });
});
