import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OutboundEvent } from '@/worker/flow/flow';
import { type Change, eventId, UNCHANGED } from '@/worker/source/source';
import { restoreChange } from '@/worker/source/stored-change';
import { catalogDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { PgLetterStore } from './letter-store';
import type { FailedEvent } from './recovery';

let database: TestDatabase;
let client: pg.Client;
let streamId: string;
let store: PgLetterStore;
const queries = { query: async <R>(text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows as R[] };
const storeFor = (keyOrder: 'park' | 'skip') => new PgLetterStore(queries, streamId, randomUUID(), keyOrder);

function change(n: number, seq = 0, fromSnapshot = false): Change {
  const commitLsn = BigInt(n) * 1000n;
  const column = { name: 'id', typeOid: 23, typeModifier: -1, typeName: 'int4', primaryKey: true, identity: true };
  return {
    op: 'u',
    relation: { oid: 1, schema: 'public', table: 'orders', replicaIdentity: 'default', columns: [column] },
    before: null,
    beforeKind: 'none',
    after: ['1', UNCHANGED, 'quote " backslash \\ \\u0000 ünïcödé'],
    lsn: commitLsn,
    position: { systemId: 's', commitLsn, seq, fromSnapshot },
    transaction: { xid: 4_294_967_295, commitLsn, commitTimeUs: 1_700_000_000_123_456n, previousCommitLsn: null },
    wireBytes: 10,
  };
}
const event = (of: Change, key: string | null): OutboundEvent => ({
  id: eventId(of.position),
  position: of.position,
  op: of.op,
  schema: 'public',
  table: 'orders',
  key,
  payload: Buffer.from('{"text":"\\u0000"}'),
  contentType: 'application/json',
  headers: {},
  commitTimeUs: 1n,
});
const failed = (of: Change, key: string | null, message = 'refused'): FailedEvent => ({
  change: of,
  event: event(of, key),
  key,
  error: { errorClass: 'contract', message, status: 422 },
  attempts: [{ at: '2026-01-01T00:00:00Z', errorClass: 'contract', message, status: 422 }],
});
const statuses = async () =>
  (await client.query(`select status::text from dead_letter where stream_id = $1 order by commit_lsn, seq`, [streamId])).rows.map(
    ({ status }) => status,
  );
const ask = (n: number) =>
  client.query(`update dead_letter set status = 'replaying', replay_requested_by = 'lead' where stream_id = $1 and commit_lsn = $2`, [
    streamId,
    n * 1000,
  ]);

beforeAll(async () => {
  database = await catalogDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});
beforeEach(async () => {
  streamId = randomUUID();
  const team = randomUUID();
  await client.query('insert into team (id, slug, name) values ($1, $2, $2)', [team, team]);
  await client.query('insert into stream (id, name, team_id) values ($1, $2, $3)', [streamId, streamId, team]);
  store = storeFor('park');
});

describe('letter store', () => {
  it('keeps a letter whole: the change comes back as it was decoded', async () => {
    const original = change(5, 3);
    await store.insertOpen(failed(original, '{"id":1}'));
    await ask(5);
    const [letter] = await store.runnable(10);
    expect(letter && restoreChange(letter.input)).toEqual({ ...original, wireBytes: 0 });
    expect(letter).toMatchObject({
      eventId: eventId(original.position),
      scope: 'public.orders/{"id":1}',
      hasOutput: true,
      requestedBy: 'lead',
    });
  });

  it('stores an event once, however often it comes again, and never reopens what is resolved', async () => {
    await store.insertOpen(failed(change(1), 'a'));
    await store.insertOpen(failed(change(1), 'a'));
    await store.insertParked([{ change: change(1), event: event(change(1), 'a'), key: 'a' }]);
    expect(await statuses()).toEqual(['open']);
    await ask(1);
    await store.resolve(await store.runnable(10), 'delivered');
    await store.insertOpen(failed(change(1), 'a'));
    expect(await statuses()).toEqual(['replayed']);
    expect(await store.unresolved()).toEqual({ letters: 0, bytes: 0 });
  });

  it('gives out a key only from its head, and in order', async () => {
    await store.insertOpen(failed(change(1), 'a'));
    await store.insertParked([3, 2].map((n) => ({ change: change(n), event: event(change(n), 'a'), key: 'a' })));
    await store.insertOpen(failed(change(4), 'b'));
    await store.insertOpen(failed(change(6), null));
    expect(await store.runnable(10)).toEqual([]);
    expect(await store.unresolvedKeys()).toEqual(
      new Map([
        ['public.orders/a', { count: 3, firstLsn: 1000n }],
        ['public.orders/b', { count: 1, firstLsn: 4000n }],
      ]),
    );
    await ask(1);
    await ask(6);
    const lsns = async (of: PgLetterStore) => (await of.runnable(10)).map(({ input }) => Number(input.position.commitLsn) / 1000);
    expect(await lsns(store)).toEqual([1, 2, 3, 6]);
    expect(await lsns(storeFor('skip'))).toEqual([1, 2, 3, 6]);
    await ask(4);
    expect(await lsns(store)).toEqual([1, 2, 3, 4, 6]);
  });

  it('opens a letter again with one attempt more, and changes nothing that somebody else changed meanwhile', async () => {
    await store.insertOpen(failed(change(1), 'a'));
    await store.insertOpen(failed(change(2), 'b'));
    await ask(1);
    await ask(2);
    const [first, second] = await store.runnable(10);
    if (!first || !second) throw new Error('two letters expected');
    await store.reopen(first, { errorClass: 'contract', message: 'refused 4711 again' });
    const { rows } = await client.query('select status, attempt_count, attempts, replay_requested_by from dead_letter where id = $1', [
      first.id,
    ]);
    expect(rows[0]).toMatchObject({ status: 'open', attempt_count: 2, replay_requested_by: null });
    expect(rows[0].attempts).toHaveLength(2);
    await client.query(`update dead_letter set status = 'discarded' where id = $1`, [second.id]);
    await store.resolve([second], 'delivered');
    await store.reopen(second, { errorClass: 'contract', message: 'x' });
    expect(await statuses()).toEqual(['open', 'discarded']);
  });

  it('discards what an interrupted snapshot left, and only that', async () => {
    await store.insertOpen(failed(change(1, 0, true), 'a'));
    await store.insertOpen(failed(change(2), 'a'));
    await store.discardSnapshotLetters();
    expect(await statuses()).toEqual(['discarded', 'open']);
  });
});
