import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Change } from '@/worker/source/source';
import { catalogDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { PgCopyStore } from './copy-store';
import { PgLetterStore } from './letter-store';

let database: TestDatabase;
let client: pg.Client;
let streamId: string;
let rings: number;
let letters: PgLetterStore;
let copies: PgCopyStore;
const queries = { query: async <R>(text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows as R[] };

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
  rings = 0;
  const team = randomUUID();
  await client.query('insert into team (id, slug, name) values ($1, $2, $2)', [team, team]);
  await client.query('insert into stream (id, name, team_id) values ($1, $2, $3)', [streamId, streamId, team]);
  letters = new PgLetterStore(queries, streamId, randomUUID(), 'park', () => rings++);
  copies = new PgCopyStore(queries, streamId);
});

const change = (n: number): Change => ({
  op: 'u',
  relation: { oid: 1, schema: 'public', table: 'orders', replicaIdentity: 'default', columns: [] },
  before: null,
  beforeKind: 'none',
  after: [],
  lsn: BigInt(n),
  position: { systemId: 's', commitLsn: BigInt(n), seq: n, fromSnapshot: false },
  transaction: { xid: 1, commitLsn: BigInt(n), commitTimeUs: 1_700_000_000_123_456n, previousCommitLsn: null },
  wireBytes: 10,
});
const attempts = [{ at: '2026-01-01T00:00:00.000Z', errorClass: 'contract', message: 'refused', status: 422 }];
const dies = (n: number, store = letters) =>
  store.insertOpen({ change: change(n), event: null, key: '{"id":1}', error: { errorClass: 'contract', message: 'refused' }, attempts });
const seqs = async () => (await copies.due(10)).map(({ seq }) => seq);

it('each dead letter wants a copy, with its position, times, key and attempts; one that only waits wants none', async () => {
  await dies(1);
  await dies(1);
  await letters.insertParked([{ change: change(2), event: null, key: '{"id":1}' }]);
  expect(await copies.due(10)).toMatchObject([
    { eventId: 's/0-1/1', commitLsn: 1n, seq: 1, key: '{"id":1}', attempts, attemptCount: 1, output: null, refusals: 0 },
  ]);
  const [letter] = await copies.due(10);
  expect(letter?.committedAt?.toISOString()).toBe('2023-11-14T22:13:20.123Z');
  expect(JSON.parse(letter?.input ?? '')).toMatchObject({ op: 'u' });
  expect(rings).toBe(2);
});

it('the change does not leave with the copy where the stream masks columns', async () => {
  const revision = randomUUID();
  await client.query(
    `insert into stream_revision (id, stream_id, number, spec, source_hash, created_by) values ($1, $2, 1, '{"transform":{}}', '', 'bea')`,
    [revision, streamId],
  );
  await dies(1, new PgLetterStore(queries, streamId, revision, 'park', () => undefined));
  expect(await copies.due(10)).toMatchObject([{ seq: 1, output: null, input: null }]);
});

it('a parked one that is refused at its turn wants one from then on', async () => {
  await letters.insertParked([{ change: change(2), event: null, key: '{"id":1}' }]);
  const [parked] = await letters.runnable(10);
  if (parked) await letters.reopen(parked, { errorClass: 'contract', message: 'refused' });
  expect([await seqs(), rings]).toEqual([[2], 1]);
});

it('what is published is done with, though its letter stays open; what is refused waits and is counted', async () => {
  await dies(1);
  await dies(2);
  const [first, second] = await copies.due(10);
  await copies.published(first?.letterId ?? '');
  await copies.refused(second?.letterId ?? '', 'no such schema', 3_600_000);
  expect([await seqs(), (await letters.unresolved()).letters]).toEqual([[], 2]);
  expect(await copies.nextIn()).toBeGreaterThan(3_000_000);
  await client.query(`update dead_letter set copy_after = now() - interval '1 s' where stream_id = $1`, [streamId]);
  expect(await copies.due(10)).toMatchObject([{ seq: 2, refusals: 1 }]);
  await copies.failed('the sink is down');
  const { rows } = await client.query('select copy_error from dead_letter where stream_id = $1 order by seq', [streamId]);
  expect(rows.map(({ copy_error }) => copy_error)).toEqual([null, 'the sink is down']);
});

it('without a sink beside the catalog nothing waits to be published', async () => {
  await dies(1, new PgLetterStore(queries, streamId, randomUUID(), 'park'));
  expect([await seqs(), await copies.nextIn(), rings]).toEqual([[], null, 0]);
  expect((await letters.unresolved()).bytes).toBeGreaterThan(100);
});
