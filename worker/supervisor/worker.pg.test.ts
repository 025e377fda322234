import { readFileSync, statSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Dossier, InspectionInput, InspectionKind, Preview } from '@/core/dto/inspection';
import { sealSecret } from '@/core/secrets/seal';
import { emptyDatabase, freePort, type TestDatabase } from '@/worker/testing/postgres';
import { type CatalogFixture, catalogFixture } from './fixture';
import { specFor } from './fixture-spec';
import { type CompiledWorker, compileWorker, type RunningWorker, until as untilOrThrow } from './fixture-worker';

/** The real worker, as compiled, on a real catalog and source: what a stream goes through in its life. */
let fixture: CatalogFixture;
let source: TestDatabase;
let shop: pg.Client;
let compiled: CompiledWorker;
let streamId: string;
let worker: RunningWorker;
let healthPort: number;
let output = () => worker.output();
const spec = specFor('orders', 'shop', 'orders', 'log');

beforeAll(async () => {
  fixture = await catalogFixture();
  source = await emptyDatabase();
  compiled = await compileWorker(fixture.key.privateKey);
  shop = new pg.Client({ connectionString: source.url });
  await shop.connect();
  await shop.query(
    `CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders SELECT n, 'row ' || n FROM generate_series(1, 3) n`,
  );
  await fixture.addSource('shop', source.url);
  await fixture.addEventLogTarget('log');
  streamId = await fixture.addApprovedStream(spec);
  healthPort = await freePort();
  worker = compiled.start({ catalogUrl: fixture.url, healthPort });
});

afterAll(async () => {
  await compiled.remove();
  const walsenders = `SELECT 1 FROM pg_stat_replication WHERE application_name LIKE 'spillway:%' AND application_name LIKE $1`;
  await until('the pipelines to notice', async () => (await shop.query(walsenders, [`%${streamId}%`])).rowCount === 0);
  await shop.query(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()`);
  await shop.end();
  await fixture.drop();
  await source.drop();
});

const until = (what: string, check: () => Promise<boolean>, seconds?: number) =>
  untilOrThrow(
    what,
    check,
    async () => `${JSON.stringify(await fixture.sql('SELECT state, state_reason FROM stream'))}\n${output().slice(-3000)}`,
    seconds,
  );
const stateIs = (state: string) => async () =>
  (await fixture.sql('SELECT 1 FROM stream WHERE id = $1 AND state = $2', [streamId, state])).length === 1;
const arrived = (id: number) => async () =>
  (await fixture.sql(`SELECT 1 FROM event_log WHERE stream = 'orders' AND payload #>> '{after,id}' = $1`, [String(id)])).length > 0;
const slots = async () => (await shop.query('SELECT slot_name, active FROM pg_replication_slots WHERE database = current_database()')).rows;

async function ask<K extends InspectionKind>(kind: K, input: InspectionInput<K>): Promise<unknown> {
  const rows = await fixture.sql<{ id: string }>('INSERT INTO inspection (kind, input) VALUES ($1, $2) RETURNING id', [
    kind,
    JSON.stringify(input),
  ]);
  const id = rows[0]?.id;
  await fixture.sql(`SELECT pg_notify('spillway_inspection', $1)`, [id]);
  let answer: { status: string; result: unknown; error: unknown } | undefined;
  await until(`the answer to ${kind}`, async () => {
    [answer] = await fixture.sql<{ status: string; result: unknown; error: unknown }>(
      'SELECT status, result, error FROM inspection WHERE id = $1',
      [id],
    );
    return answer?.status === 'answered' || answer?.status === 'failed';
  });
  return answer?.status === 'answered' ? answer.result : { failed: answer?.error };
}

test('an approved stream is provisioned, snapshotted and streamed, and a committed row arrives in the event log', async () => {
  await until('streaming', stateIs('streaming'));
  for (const id of [1, 2, 3]) await until(`row ${id}`, arrived(id));
  await shop.query(`INSERT INTO orders VALUES (10, 'live')`);
  await until('the live row', arrived(10));
  const [provision] = await fixture.sql('SELECT status, snapshot_state, consistent_point, slot_name FROM provision WHERE stream_id = $1', [
    streamId,
  ]);
  expect(provision).toMatchObject({ status: 'ready', snapshot_state: 'done', consistent_point: expect.stringMatching(/\//) });
  const walk = await fixture.sql('SELECT to_state FROM stream_event WHERE stream_id = $1 ORDER BY id', [streamId]);
  expect(walk.map((event) => event.to_state)).toEqual(expect.arrayContaining(['provisioning', 'streaming']));
  const [key] = await fixture.sql(`SELECT public_key FROM worker WHERE id = 'test-worker'`);
  expect(key?.public_key).toBe(fixture.key.publicKey);
  expect(statSync(compiled.keyFile).mode & 0o777).toBe(0o600);
});

test('figures, slot and server are observed within seconds', async () => {
  await until(
    'figures',
    async () =>
      (await fixture.sql('SELECT 1 FROM stream_status WHERE stream_id = $1 AND delivered >= 4 AND retained_bytes IS NOT NULL', [streamId]))
        .length === 1,
  );
  await until('a chart point', async () => (await fixture.sql('SELECT 1 FROM stream_sample WHERE stream_id = $1', [streamId])).length > 0);
  const observed = `SELECT 1 FROM slot_observation WHERE stream_id = $1 AND active AND wal_status = 'reserved'`;
  await until('the slot', async () => (await fixture.sql(observed, [streamId])).length === 1);
  const reachable = 'SELECT 1 FROM source_observation WHERE reachable AND max_slots > 0';
  await until('the server', async () => (await fixture.sql(reachable)).length === 1);
  const metrics = async () => (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
  await until('the gauge', async () => (await metrics()).includes('spillway_stream_up{stream="orders"} 1'));
  expect((await fetch(`http://127.0.0.1:${healthPort}/healthz`)).status).toBe(200);
});

test('questions about sources and sinks are answered from the live server, and secrets stay where they are', async () => {
  const [row] = await fixture.sql<{ id: string }>(`SELECT id FROM source_database WHERE name = 'shop'`);
  const [target] = await fixture.sql<{ id: string }>(`SELECT id FROM sink_target WHERE name = 'log'`);
  const { hostname, port, pathname, username } = new URL(source.url);
  const context = { kind: 'source', id: '7d7f0f9e-6d5e-4a0f-9ad4-0c6a4c1ce6a1', version: 0 } as const;
  const connection = { host: hostname, port: Number(port), database: pathname.slice(1), username, tlsMode: 'disable' as const };
  const sealedPassword = sealSecret('not the password, canary-5521', fixture.key.publicKey, context);
  const filtered = { ...spec, filter: { cel: 'row.note == "live"' }, transform: { mask: { columns: ['note'] } } };
  const kafka = (expression: string) => {
    const key = { type: 'Expression' as const, expression };
    return { ...spec, sink: { type: 'Kafka' as const, target: 'log', topic: 't', tombstones: true, key } };
  };
  const [tables, routes, unkeyed, preview, delta, unfit, filter, uncompiled, valid, unknown, typed, sink, dossier] = await Promise.all([
    ask('list-tables', { sourceId: String(row?.id) }),
    ask('kafka-routes', { spec: kafka('row.id < 10 ? "low" : row.id < 20 ? "high" : null') }),
    ask('validate-spec', { spec: kafka('row.id +') }),
    ask('preview', { spec: { source: { ...spec.source, snapshot: 'no_data' }, applicationId: '' } }),
    ask('preview', { spec: { ...spec, flow: { type: 'Delta' }, source: { ...spec.source, snapshot: 'no_data' } } }),
    ask('validate-spec', { spec: { ...spec, flow: { type: 'Delta', versionField: 'note' } } }),
    ask('preview', { spec: { ...filtered, source: { ...spec.source, operations: ['insert'] } } }),
    ask('validate-spec', { spec: { ...spec, filter: { cel: 'row.note ==' } } }),
    ask('validate-spec', { spec }),
    ask('validate-spec', {
      spec: { ...spec, source: { ...spec.source, table: { name: 'nope' } }, sink: { type: 'EventLog', target: 'gone' } },
    }),
    ask('test-source', { connection: { ...connection, sealedPassword, sealContext: `source/${context.id}/0` } }),
    ask('test-sink', { targetId: String(target?.id) }),
    ask('dossier', { spec }),
  ]);
  expect(tables).toMatchObject({ tables: [{ schema: 'public', name: 'orders', primaryKey: ['id'] }] });
  expect(routes).toMatchObject({ keys: 2, hottestKey: { key: 'low', share: 0.75 }, refused: 0, problem: null });
  expect(unkeyed).toMatchObject({ problems: expect.arrayContaining([expect.objectContaining({ field: 'sink.key.expression' })]) });
  const rows = (preview as Preview).rows;
  expect(rows[0]).toMatchObject({ input: { id: '10', note: 'live' }, key: '{"id":10}' });
  expect(JSON.parse(rows[0]?.output ?? 'null')).toMatchObject({ op: 'c', after: { id: 10, note: 'live' } });
  expect((delta as Preview).rows[0]).toMatchObject({ key: '10', output: expect.stringContaining('{"id":10,"type":"orders.c",') });
  expect(unfit).toMatchObject({
    problems: [{ field: 'flow.versionField', value: 'note' }],
    checks: expect.arrayContaining([
      expect.objectContaining({ name: 'Flow', status: 'warning', remedy: expect.stringContaining('REPLICA IDENTITY FULL') }),
    ]),
  });
  expect((filter as Preview).filter).toMatchObject({
    problems: [],
    warnings: [],
    pushdown: { rowFilter: `"note" IS NOT DISTINCT FROM 'live'` },
  });
  const [passed] = (filter as Preview).rows.filter(({ left }) => !left);
  expect(passed).toMatchObject({ input: { note: 'live' }, output: expect.stringContaining('"note":"****"') });
  expect((filter as Preview).rows.find(({ left }) => left)?.left).toEqual({ kind: 'filtered', reason: 'cel is false: row.note == "live"' });
  expect(uncompiled).toMatchObject({ problems: [{ field: 'filter.cel' }] });
  expect(valid).toMatchObject({ problems: [] });
  expect(unknown).toMatchObject({
    problems: [
      { field: 'source.table.name', value: 'nope' },
      { field: 'sink.target', value: 'gone' },
    ],
  });
  expect(typed).toMatchObject({ steps: [{ name: 'Connection', status: 'failed' }] });
  expect(sink).toMatchObject({ steps: expect.arrayContaining([expect.objectContaining({ status: 'ok' })]) });
  expect((dossier as Dossier).verdict).toMatch(/Approving this uses 1 of \d+ free slots/);
  expect((dossier as Dossier).table.name).toBe('orders');
  const stored = JSON.stringify(await fixture.sql('SELECT input, result, error FROM inspection'));
  expect(stored).not.toContain('sealed.v1');
  expect(stored + output()).not.toContain('canary-5521');
});

test('after kill -9 of the worker the next one goes on from the slot with a later epoch', async () => {
  const epoch = async () => Number((await fixture.sql('SELECT epoch FROM stream_lease WHERE stream_id = $1', [streamId]))[0]?.epoch);
  const before = await epoch();
  await worker.end('SIGKILL');
  await shop.query(`INSERT INTO orders VALUES (20, 'while nobody looks')`);
  const first = worker;
  worker = compiled.start({ catalogUrl: fixture.url, healthPort });
  output = () => first.output() + worker.output();
  await until('the row of the gap', arrived(20));
  await until('the next epoch', async () => (await epoch()) > before);
  await shop.query(`INSERT INTO orders VALUES (22, 'by the next one')`);
  await until('the row after the gap', arrived(22));
  const [count] = await fixture.sql(`SELECT count(*)::int AS n FROM event_log WHERE stream = 'orders' AND payload ->> 'op' = 'r'`);
  expect(count?.n, 'the snapshot is not taken again').toBe(3);
});

test('a killed pipeline is started again', async () => {
  await until('figures of the present pipeline', async () => {
    const rows = await fixture.sql(
      'SELECT 1 FROM stream_status s JOIN stream_lease l USING (stream_id, epoch) WHERE stream_id = $1 AND pid IS NOT NULL',
      [streamId],
    );
    return rows.length === 1;
  });
  const [status] = await fixture.sql<{ pid: number }>('SELECT pid FROM stream_status WHERE stream_id = $1', [streamId]);
  process.kill(Number(status?.pid), 'SIGKILL');
  await shop.query(`INSERT INTO orders VALUES (21, 'after the crash')`);
  await until('the row after the crash', arrived(21));
  const crashes = () =>
    fixture.sql<{ reason: string }>(`SELECT reason FROM stream_event WHERE stream_id = $1 AND error_kind = 'pipeline_crashed'`, [streamId]);
  await until('the crash in the timeline', async () => (await crashes())[0]?.reason.includes('SIGKILL') === true);
});

test('a pause ends the process and keeps the slot; resuming goes on without loss', async () => {
  await fixture.sql(`UPDATE stream SET desired = 'paused' WHERE id = $1`, [streamId]);
  await fixture.sql(`SELECT pg_notify('spillway_wake', $1)`, [JSON.stringify({ streamId })]);
  await until('paused', stateIs('paused'));
  await until('the slot to be free', async () => (await slots()).map(({ active }) => active).join() === 'false');
  await shop.query(`INSERT INTO orders VALUES (30, 'while paused')`);
  await fixture.sql(`UPDATE stream SET desired = 'running' WHERE id = $1`, [streamId]);
  await until('the row of the pause', arrived(30));
});

test('retiring leaves no slot, no publication and no process, by the word of the server', async () => {
  await fixture.sql(`UPDATE stream SET desired = 'retired' WHERE id = $1`, [streamId]);
  await until('retired', stateIs('retired'));
  expect(await slots()).toEqual([]);
  expect((await shop.query('SELECT 1 FROM pg_publication')).rows).toEqual([]);
  const [provision] = await fixture.sql('SELECT status, drop_proof FROM provision WHERE stream_id = $1', [streamId]);
  const walk = await fixture.sql('SELECT to_state FROM stream_event WHERE stream_id = $1 ORDER BY id', [streamId]);
  expect(walk.slice(-2).map((event) => event.to_state)).toEqual(['retiring', 'retired']);
  expect(provision).toMatchObject({
    status: 'dropped',
    drop_proof: { slots: 0, publications: 0, walsenders: 0, checkedAt: expect.any(String) },
  });
});

test('SIGTERM ends the worker cleanly, and nothing it ever said holds a secret', async () => {
  expect(await worker.end('SIGTERM')).toBe(0);
  expect(output()).toContain('worker stopped');
  expect(output()).not.toContain(decodeURIComponent(new URL(source.url).password));
  expect(output()).not.toContain(readFileSync(compiled.keyFile, 'utf8').trim());
});
