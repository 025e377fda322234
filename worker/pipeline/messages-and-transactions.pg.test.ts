import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { createFlow } from '@/worker/flow/registry';
import { type SourceFixture, sourceFixture } from '@/worker/source/postgres/fixture';
import { restoreChange, storeChange } from '@/worker/source/stored-change';
import { DEFAULT_LIMITS } from './assignment';
import { InFlight } from './in-flight';
import { Intake } from './intake';
import type { Pending } from './pending';

let db: SourceFixture;
beforeEach(async () => {
  db = await sourceFixture();
  await db.query('create table t (id int primary key); create table quiet (id int)');
});
afterEach(() => db.drop());

const flow = createFlow(
  { ...DEBEZIUM_DEFAULTS, transactionMetadata: true },
  { logicalName: 'shop', database: 'd', tombstones: false, spillwayVersion: '1' },
);

/** A connection and what it hands to delivery; nothing settles by itself. */
async function connect(epoch: number, options: { messagePrefixes?: string[]; transactionMetadata?: boolean }) {
  const pending: Pending[] = [];
  const inFlight = new InFlight(0n);
  const intake = new Intake({
    inFlight,
    flow,
    limits: DEFAULT_LIMITS,
    ...options,
    push: (items) => pending.push(...items),
    onFiltered: () => undefined,
    onProgress: () => undefined,
    failpoint: () => undefined,
    now: () => 1_000,
  });
  const received = await db.subscribe({ epoch, onItem: (item) => intake.take(item) });
  const events = () => pending.flatMap(({ event }) => (event ? [event] : []));
  const until = (count: number) => expect.poll(() => events().length, { timeout: 30_000 }).toBe(count);
  const values = () => events().map(({ payload }) => JSON.parse(String(payload)));
  return { pending, inFlight, received, events, until, values };
}

it('logical messages are events at their place, with the same ids after a kill, and hold the position until they are settled', async () => {
  await db.provision('t');
  const emitted = await db.query(`select pg_logical_emit_message(false, 'audit', 'loose')::text as lsn`);
  await db.query(
    `begin; insert into t values (1); select pg_logical_emit_message(true, 'audit', 'in'::bytea); insert into t values (2); commit`,
  );
  await db.query(`select pg_logical_emit_message(true, 'other', 'x'), pg_logical_emit_message(true, 'spillway.heartbeat', 'x')`);
  await db.query(`select pg_logical_emit_message(true, 'Audit', 'x')`);
  await db.query('insert into t values (3)');
  const first = await connect(1, { messagePrefixes: ['audit'] });
  await first.until(5);
  expect(first.values().map(({ op, message, after }) => [op, message?.content ?? after.id])).toEqual([
    ['m', Buffer.from('loose').toString('base64')],
    ['c', 1],
    ['m', Buffer.from('in').toString('base64')],
    ['c', 2],
    ['c', 3],
  ]);
  const [loose, , inside] = first.events();
  expect([loose?.key, inside?.key]).toEqual(['{"prefix":"audit"}', '{"prefix":"audit"}']);
  const [value, , insideValue] = first.values();
  expect(value).toMatchObject({ op: 'm', ts_ms: 1_000, source: { schema: '', table: '', txId: null }, message: { prefix: 'audit' } });
  expect(Object.keys(value)).toEqual(['op', 'ts_ms', 'source', 'message']);
  expect(insideValue.source.txId).toBeGreaterThan(0);
  // The record ends where the function that wrote it says; the message comes with that LSN.
  expect(loose?.id.endsWith(`/message/${String(emitted[0]?.lsn).replace('/', '-')}`)).toBe(true);

  // Everything but the first message settles: nothing may be confirmed. Then a kill: nothing was told to the server.
  for (const { of } of first.pending.slice(1)) first.inFlight.settle(of.token);
  expect(first.inFlight.confirmed).toBeLessThan((first.pending[0] as Pending).change.lsn);
  const again = await connect(2, { messagePrefixes: ['*'] });
  await again.until(7);
  expect(again.events().map(({ id }) => id)).toEqual(expect.arrayContaining(first.events().map(({ id }) => id)));
  expect(again.values().flatMap(({ message }) => message?.prefix ?? [])).toEqual(['audit', 'audit', 'other', 'Audit']);

  // The loose message alone settles and is confirmed: it does not come again, everything else does.
  again.inFlight.settle((again.pending[0] as Pending).of.token);
  again.received.subscription.confirm(again.inFlight.confirmed);
  await again.received.subscription.close();
  const last = await connect(3, { messagePrefixes: ['audit'] });
  await last.until(4);
  expect(last.events().map(({ id }) => id)).toEqual(
    first
      .events()
      .slice(1)
      .map(({ id }) => id),
  );
  const kept = (last.pending[1] as Pending).change;
  expect(flow.transform(restoreChange(JSON.parse(JSON.stringify(storeChange(kept)))), 1_000_000n)).toEqual(
    flow.transform(kept, 1_000_000n),
  );
});

it('tells begin and end of a transaction around its events, with stable ids, and nothing of one without events', async () => {
  await db.provision('t');
  await db.query(`begin; insert into t values (1), (2); insert into quiet values (1); update t set id = 3 where id = 2; commit`);
  await db.query(`insert into quiet values (1); select pg_logical_emit_message(true, 'spillway.heartbeat', 'x')`);
  await db.query('insert into t values (4)');
  const first = await connect(1, { transactionMetadata: true });
  await first.until(9);
  const values = first.values();
  expect(values.map(({ status, op }) => status ?? op)).toEqual(['BEGIN', 'c', 'c', 'd', 'c', 'END', 'BEGIN', 'c', 'END']);
  const [begin, row, , , , end] = values;
  const [xid, lsn] = begin.id.split(':');
  expect(begin).toEqual({ status: 'BEGIN', id: `${xid}:${lsn}`, event_count: null, data_collections: null, ts_ms: row.source.ts_ms });
  expect(Number(xid)).toBe(row.source.txId);
  expect(end).toMatchObject({ status: 'END', event_count: 3, data_collections: [{ data_collection: 'public.t', event_count: 3 }] });
  expect(end.id.split(':')[0]).toBe(xid);
  expect(Number(end.id.split(':')[1])).toBeGreaterThan(Number(lsn));
  expect(first.events()[0]?.key).toBe(JSON.stringify({ id: begin.id }));
  // The end is an event like the others: the transaction is not confirmed before it is settled.
  for (const { of } of first.pending.slice(0, 5)) first.inFlight.settle(of.token);
  const endOf = (first.pending[5] as Pending).change;
  expect(first.inFlight.confirmed).toBeLessThan(endOf.position.commitLsn);
  first.inFlight.settle((first.pending[5] as Pending).of.token);
  expect(first.inFlight.confirmed).toBeGreaterThanOrEqual(endOf.lsn);
  const again = await connect(2, { transactionMetadata: true });
  await again.until(9);
  expect(again.events().map(({ id }) => id)).toEqual(first.events().map(({ id }) => id));
  expect(new Set(first.events().map(({ id }) => id)).size).toBe(9);
});
