import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogFixture, catalogFixture } from '../fixture';
import { Catalog, isCatalogOutage } from './catalog';
import { answerInspection, claimInspections, pruneInspections } from './inspections';
import { acquireLease, releaseLeases, renewLeases } from './leases';
import { insertSamples, pruneSamples, rollUpSamples } from './samples';
import { addNotice, type StateChange, setState } from './states';
import { markNotRunning, readTotals, type StatusWrite, writeSlotBytes, writeStatuses } from './statuses';
import { heartbeat } from './workers';

let fixture: CatalogFixture;
beforeAll(async () => {
  fixture = await catalogFixture();
});
afterAll(() => fixture.drop());

test('one of two workers gets a lease, its epoch grows with each acquisition, and renewing keeps it', async () => {
  const { query } = fixture.catalog;
  const id = await fixture.addStream('lease-one');
  const [a, b] = await Promise.all([acquireLease(query, id, 'worker-a'), acquireLease(query, id, 'worker-b')]);
  expect([a, b].filter((epoch) => epoch !== null)).toEqual([1]);
  const owner = a === null ? 'worker-b' : 'worker-a';
  const other = a === null ? 'worker-a' : 'worker-b';
  expect(await renewLeases(query, owner, [{ streamId: id, epoch: 1 }])).toEqual([]);
  // The same worker after a restart takes it again at once, and the earlier process learns that it lost it.
  expect(await acquireLease(query, id, owner)).toBe(2);
  expect(await renewLeases(query, owner, [{ streamId: id, epoch: 1 }])).toEqual([id]);
  expect(await acquireLease(query, id, other)).toBeNull();
  await releaseLeases(query, owner, [{ streamId: id, epoch: 1 }]);
  expect(await acquireLease(query, id, other), 'an old epoch cannot release a newer one').toBeNull();
  await releaseLeases(query, owner, [{ streamId: id, epoch: 2 }]);
  expect(await acquireLease(query, id, other)).toBe(3);
});

test('a lease that was not renewed is taken over after it expired by the clock of the catalog', async () => {
  const { query } = fixture.catalog;
  const id = await fixture.addStream('lease-two');
  expect(await acquireLease(query, id, 'worker-a', 600)).toBe(1);
  expect(await acquireLease(query, id, 'worker-b', 600)).toBeNull();
  await fixture.sql(`UPDATE stream_lease SET expires_at = clock_timestamp() - interval '1 second' WHERE stream_id = $1`, [id]);
  expect(await acquireLease(query, id, 'worker-b', 600)).toBe(2);
  expect(await renewLeases(query, 'worker-a', [{ streamId: id, epoch: 1 }])).toEqual([id]);
  const rows = await fixture.sql<{ seconds: number }>(
    'SELECT extract(epoch FROM expires_at - clock_timestamp())::float8 AS seconds FROM stream_lease WHERE stream_id = $1',
    [id],
  );
  expect(rows[0]?.seconds).toBeGreaterThan(500);
});

test('a state is written once, with one timeline entry, and figures in a reason add none', async () => {
  const { query } = fixture.catalog;
  const id = await fixture.addStream('state-one');
  await fixture.sql(`UPDATE stream SET desired = 'running' WHERE id = $1`, [id]);
  const retrying = (reason: string): StateChange => ({
    streamId: id,
    state: 'retrying',
    reason,
    actor: 'pipeline',
    errorKind: 'sink_unreachable',
    whileDesired: ['running'],
  });
  expect(await setState(query, retrying('attempt 1, next in 2 s'))).toBe(true);
  expect(await setState(query, retrying('attempt 1, next in 2 s'))).toBe(false);
  expect(await setState(query, retrying('attempt 2, next in 4.5 s'))).toBe(true);
  await addNotice(query, id, 'half of the budget', 'wal monitor', {
    level: 50,
    retainedBytes: 6,
    budgetBytes: 10,
    sentence: 'half of the budget',
    at: 'now',
  });
  expect(await setState(query, { ...retrying('back'), state: 'streaming', errorKind: null, detail: { rows: 3 } })).toBe(true);
  const [stream] = await fixture.sql('SELECT state, state_reason, error_kind, state_detail FROM stream WHERE id = $1', [id]);
  expect(stream).toEqual({
    state: 'streaming',
    state_reason: 'Back',
    error_kind: null,
    state_detail: { rows: 3, walNotice: expect.anything() },
  });
  const events = await fixture.sql('SELECT from_state, to_state, reason FROM stream_event WHERE stream_id = $1 ORDER BY id', [id]);
  expect(events.map((event) => `${event.from_state}>${event.to_state} ${event.reason}`)).toEqual([
    'draft>retrying Attempt 1, next in 2 s',
    'retrying>retrying Half of the budget',
    'retrying>streaming Back',
  ]);
  await fixture.sql(`UPDATE stream SET desired = 'paused' WHERE id = $1`, [id]);
  expect(await setState(query, retrying('a late word')), 'people asked for a pause since').toBe(false);
});

test('figures are kept in one row a stream, totals survive the end of the process', async () => {
  const { query } = fixture.catalog;
  const id = await fixture.addStream('figures-one');
  const status: StatusWrite = {
    streamId: id,
    pid: 42,
    epoch: 3,
    startedAt: new Date().toISOString(),
    confirmedLsn: '0/10',
    receivedLsn: '0/20',
    lagMs: 12,
    inFlightEvents: 2,
    inFlightBytes: 300,
    rssBytes: 60_000_000,
    decodedPerSec: 10.5,
    deliveredPerSec: 9.5,
    decoded: 100,
    delivered: 90,
    filtered: 4,
    deadLettered: 3,
    parked: 2,
    ignored: 1,
    snapshotDone: 7,
    snapshotTotal: 9,
    snapshotPerSec: 0,
    snapshotWaitsFor: null,
    spilled: 0,
    spilledBytes: 0,
    spilledOldestAt: null,
    spilledInPerSec: 0,
    spilledOutPerSec: 0,
    lastEvents: [{ eventId: 'e', op: 'c', key: null, committedAt: null, deliveredAt: 'now', bytes: 1, payload: 'p' }],
  };
  await writeStatuses(query, [status]);
  await writeStatuses(query, [{ ...status, delivered: 95, confirmedLsn: null, lastEvents: null, snapshotDone: null }]);
  await writeSlotBytes(query, [{ streamId: id, retainedBytes: 5_000_000_000, lagBytes: 4 }]);
  await markNotRunning(query, [id]);
  const [row] = await fixture.sql(
    `SELECT pid, delivered::int, confirmed_lsn, retained_bytes, lag_ms, snapshot_done::int, jsonb_array_length(last_events) AS events
     FROM stream_status WHERE stream_id = $1`,
    [id],
  );
  expect(row).toEqual({
    pid: null,
    delivered: 95,
    confirmed_lsn: '0/10',
    retained_bytes: '5000000000',
    lag_ms: null,
    snapshot_done: 7,
    events: 1,
  });
  expect(await readTotals(query, id)).toEqual({
    decoded: 100,
    delivered: 95,
    filtered: 4,
    deadLettered: 3,
    parked: 2,
    ignored: 1,
    spilled: 0,
  });
});

test('chart points are rolled up by their worst lag and mean rate, and thrown away past their time', async () => {
  const { query } = fixture.catalog;
  const id = await fixture.addStream('samples-one');
  await fixture.sql(
    `INSERT INTO stream_sample (stream_id, resolution, at, lag_ms, retained_bytes, delivered_per_sec, open_letters)
     SELECT $1::uuid, 5, date_bin('60 s', now(), 'epoch') - interval '60 s' + n * interval '5 s', n, n * 10, n, 0 FROM generate_series(0, 11) n
     UNION ALL SELECT $1::uuid, 5, now() - interval '61 minutes', 999, 0, 0, 0
     UNION ALL SELECT $1::uuid, 900, now() - interval '31 days', 999, 0, 0, 0`,
    [id],
  );
  await rollUpSamples(query);
  await rollUpSamples(query);
  const minutes = await fixture.sql(
    'SELECT lag_ms, retained_bytes::int, delivered_per_sec FROM stream_sample WHERE stream_id = $1 AND resolution = 60',
    [id],
  );
  expect(minutes).toEqual([{ lag_ms: 11, retained_bytes: 110, delivered_per_sec: 5.5 }]);
  expect(await pruneSamples(query)).toBe(2);
  await insertSamples(query, [{ streamId: id, lagMs: 5, lagBytes: null, retainedBytes: 7, deliveredPerSec: 1.5 }]);
  await insertSamples(query, [{ streamId: id, lagMs: 5, lagBytes: null, retainedBytes: 7, deliveredPerSec: 1.5 }]);
  const [fresh] = await fixture.sql('SELECT count(*)::int AS n FROM stream_sample WHERE stream_id = $1 AND resolution = 5 AND lag_ms = 5', [
    id,
  ]);
  expect(fresh?.n).toBeLessThanOrEqual(3);
});

test('a question is claimed once, and its sealed secret is gone with the answer', async () => {
  const { query } = fixture.catalog;
  const asked = await fixture.sql<{ id: string }>(
    `INSERT INTO inspection (kind, input) VALUES ('test-source', '{"connection":{"host":"h","sealedPassword":"sealed.v1.x"}}') RETURNING id`,
  );
  const claims = await Promise.all([claimInspections(query, 4), claimInspections(query, 4)]);
  expect(claims.flat().map((claim) => claim.id)).toEqual([asked[0]?.id]);
  await answerInspection(query, String(asked[0]?.id), { steps: [] });
  const [row] = await fixture.sql('SELECT status, result, input FROM inspection WHERE id = $1', [asked[0]?.id]);
  expect(row).toEqual({ status: 'answered', result: { steps: [] }, input: { connection: { host: 'h' } } });
  await fixture.sql(`UPDATE inspection SET asked_at = now() - interval '2 hours'`);
  await pruneInspections(query);
  expect(await fixture.sql('SELECT 1 FROM inspection')).toEqual([]);
});

test('a heartbeat keeps the start of one process and notices the next', async () => {
  const worker = { workerId: 'w', instanceId: 'one', publicKey: 'key', host: 'here' };
  await heartbeat(fixture.catalog.query, worker);
  const [first] = await fixture.sql(`SELECT started_at, heartbeat_at FROM worker WHERE id = 'w'`);
  await heartbeat(fixture.catalog.query, worker);
  const [second] = await fixture.sql(`SELECT started_at, heartbeat_at FROM worker WHERE id = 'w'`);
  expect(second?.started_at).toEqual(first?.started_at);
  await heartbeat(fixture.catalog.query, { ...worker, instanceId: 'two' });
  const [third] = await fixture.sql(`SELECT started_at > $1 AS later FROM worker WHERE id = 'w'`, [first?.started_at]);
  expect(third?.later).toBe(true);
});

test('an unreachable catalog is an outage, a wrong statement is not', async () => {
  const gone = new Catalog('postgres://nobody:x@127.0.0.1:1/none');
  await expect(gone.query('SELECT 1')).rejects.toSatisfy(isCatalogOutage);
  await gone.close();
  await expect(fixture.catalog.query('SELECT nonsense')).rejects.not.toSatisfy(isCatalogOutage);
});

test('an unknown lag stays unknown, and a huge one fits the column', async () => {
  const { query } = fixture.catalog;
  const lags: [number | null, number | null][] = [
    [null, null],
    [2 ** 40, 2 ** 31 - 1],
  ];
  for (const [lagMs, kept] of lags) {
    const id = await fixture.addStream(`lag-${kept ?? 'unknown'}`);
    await insertSamples(query, [{ streamId: id, lagMs, lagBytes: null, retainedBytes: null, deliveredPerSec: 0 }]);
    expect(await fixture.sql('SELECT lag_ms FROM stream_sample WHERE stream_id = $1', [id])).toEqual([{ lag_ms: kept }]);
  }
});
