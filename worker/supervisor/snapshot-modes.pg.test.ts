import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { type CatalogFixture, catalogFixture } from './fixture';
import { specFor } from './fixture-spec';
import { type CompiledWorker, compileWorker, type RunningWorker, until as untilOrThrow } from './fixture-worker';

/** What a spec decides beforehand: a stream that ends with its rows, and one that begins anew by itself. */
let fixture: CatalogFixture;
let source: TestDatabase;
let shop: pg.Pool;
let compiled: CompiledWorker;
let worker: RunningWorker;

beforeAll(async () => {
  [fixture, source] = await Promise.all([catalogFixture(), emptyDatabase()]);
  compiled = await compileWorker(fixture.key.privateKey);
  shop = new pg.Pool({ connectionString: source.url, max: 3 });
  shop.on('error', () => undefined);
  await fixture.addSource('shop', source.url);
  await fixture.addEventLogTarget('log', source.url);
  worker = compiled.start({ catalogUrl: fixture.url });
});
afterAll(async () => {
  await compiled.remove();
  await shop.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()');
  await shop.end();
  await fixture.drop();
  await source.drop();
});

const until = (what: string, check: () => Promise<boolean>) =>
  untilOrThrow(
    what,
    check,
    async () =>
      `${JSON.stringify(await fixture.sql('SELECT name, state, desired, state_reason FROM stream'))}\n${worker.output().slice(-2000)}`,
  );
const stateIs = (id: string, state: string) => async () =>
  (await fixture.sql('SELECT 1 FROM stream WHERE id = $1 AND state = $2', [id, state])).length === 1;
const told = async (id: string, text: string) =>
  (
    await fixture.sql<{ reason: string }>(
      'SELECT reason FROM stream_event WHERE stream_id = $1 AND position($2 in reason) > 0 ORDER BY id',
      [id, text],
    )
  ).map(({ reason }) => reason);
async function arrivals(table: string): Promise<string[]> {
  const made = await shop.query<{ there: boolean }>(`SELECT to_regclass('spillway.event_log') IS NOT NULL AS there`);
  if (!made.rows[0]?.there) return [];
  const { rows } = await shop.query<{ event: string }>(
    `SELECT payload ->> 'op' || coalesce(payload #>> '{after,id}', payload #>> '{before,id}') AS event FROM spillway.event_log WHERE table_name = $1 ORDER BY 1`,
    [table],
  );
  return rows.map(({ event }) => event);
}

test.concurrent('initial_only delivers the rows and no change, then ends by itself and leaves nothing behind', async () => {
  await shop.query(`CREATE TABLE once (id int PRIMARY KEY, note text); INSERT INTO once SELECT n, 'row' FROM generate_series(1, 2500) n`);
  const id = await fixture.addApprovedStream(specFor('once', 'shop', 'once', 'log', 'initial_only'));
  await until('the first rows', async () => (await arrivals('once')).length > 0);
  await shop.query(`UPDATE once SET note = 'changed' WHERE id = 1; DELETE FROM once WHERE id = 2`);
  await until('the end', stateIs(id, 'retired'));
  const events = await arrivals('once');
  expect(events.filter((event) => !event.startsWith('r'))).toEqual([]);
  expect(new Set(events).size).toBeGreaterThanOrEqual(2_499);
  expect((await told(id, 'Snapshot delivered: 2,'))[0]).toContain('as the spec says');
  expect((await told(id, 'Snapshot delivered: the server'))[0]).toContain('no slot, publication or walsender');
  const [row] = await fixture.sql<{ desired: string; status: string; drop_proof: Record<string, unknown> }>(
    'SELECT s.desired::text, p.status, p.drop_proof FROM stream s JOIN provision p ON p.stream_id = s.id WHERE s.id = $1',
    [id],
  );
  expect(row).toMatchObject({ desired: 'retired', status: 'dropped', drop_proof: { slots: 0, publications: 0, walsenders: 0 } });
});

test.concurrent('when_needed reads the table again by itself when the slot is gone, says why, and asks after three times in an hour', async () => {
  await shop.query(`CREATE TABLE needed (id int PRIMARY KEY, note text); INSERT INTO needed VALUES (1, 'before')`);
  const id = await fixture.addApprovedStream(specFor('needed', 'shop', 'needed', 'log', 'when_needed'));
  await until('streaming', stateIs(id, 'streaming'));
  expect(await arrivals('needed')).toEqual(['r1']);
  const lose = async () => {
    const [provision] = await fixture.sql<{ slot_name: string }>('SELECT slot_name FROM provision WHERE stream_id = $1', [id]);
    await fixture.sql(`UPDATE stream SET desired = 'paused' WHERE id = $1`, [id]);
    await until('paused', stateIs(id, 'paused'));
    await shop.query('SELECT pg_drop_replication_slot($1)', [provision?.slot_name]);
    await fixture.sql(`UPDATE stream SET desired = 'running' WHERE id = $1`, [id]);
  };
  await lose();
  await shop.query(`INSERT INTO needed VALUES (2, 'in the gap')`);
  await until('the row in the gap', async () => (await arrivals('needed')).includes('r2'));
  await until('streaming', stateIs(id, 'streaming'));
  const [first] = await told(id, 'Begun anew by itself');
  expect(first).toContain('1 of at most 3 times in an hour');
  expect(first).toMatch(/Why: .*slot/i);
  await fixture.sql(
    `INSERT INTO stream_event (stream_id, from_state, to_state, reason, actor, detail)
     SELECT $1, 'slot_lost', 'slot_lost', 'earlier', 'supervisor', '{"selfRecovery": {}}' FROM generate_series(1, 2)`,
    [id],
  );
  await lose();
  await until('the question', stateIs(id, 'slot_lost'));
  expect(await told(id, 'Begun anew by itself')).toHaveLength(1);
});
