import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SpillwayError } from '@/core/errors';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { createFlow } from '@/worker/flow/registry';
import { type SourceFixture, sourceFixture } from '@/worker/source/postgres/fixture';
import { PresentValuesReader } from '@/worker/source/postgres/present-values';
import { DEFAULT_LIMITS } from './assignment';
import { InFlight } from './in-flight';
import { Intake } from './intake';
import type { Pending } from './pending';
import { Reselect } from './reselect';

const UNAVAILABLE = '__debezium_unavailable_value';
const big = (letter: string) => letter.repeat(20_000);
const flow = createFlow(
  { ...DEBEZIUM_DEFAULTS, unchangedToast: 'reselect' },
  { logicalName: 'shop', database: 'd', tombstones: false, spillwayVersion: '1' },
);

let db: SourceFixture;
let reader: PresentValuesReader;
const faults: SpillwayError[] = [];
let recovered = 0;
beforeEach(async () => {
  db = await sourceFixture();
  faults.length = 0;
  recovered = 0;
  await db.query(`create table t ("Id" int, k text, n int, "doc ""x""" text, other text, primary key (k, "Id"));
    alter table t alter "doc ""x""" set storage external, alter other set storage external`);
  reader = new PresentValuesReader({ source: () => db.source, applicationName: 'reselect', maxValueBytes: 50_000 });
});
afterEach(async () => {
  await reader.close();
  await db.drop();
});

async function start() {
  const pending: Pending[] = [];
  const inFlight = new InFlight(0n);
  const push = (items: readonly Pending[]) => pending.push(...items);
  const now = () => 1_000;
  const onFault = (error: SpillwayError) => faults.push(error);
  const onRecovered = () => {
    recovered++;
  };
  const reselect = new Reselect({ flow, read: (wanted) => reader.read(wanted), push, onFault, onRecovered, now });
  const ignore = () => undefined;
  const intake = new Intake({
    inFlight,
    flow,
    limits: DEFAULT_LIMITS,
    push: (items) => reselect.push(items),
    onFiltered: ignore,
    onProgress: ignore,
    failpoint: ignore,
    now,
  });
  await db.subscribe({ onItem: (item) => intake.take(item) });
  const rows = () =>
    pending.map(({ event }) => {
      const { op, after } = JSON.parse(String(event?.payload));
      return after && [op, after.Id, after.n, after['doc "x"'], after.other];
    });
  return {
    pending,
    inFlight,
    reselect,
    rows,
    until: (count: number) => expect.poll(() => pending.length, { timeout: 30_000 }).toBe(count),
  };
}

it('fills in what the stream left out from the row as it is now, in order, and keeps the placeholder where nothing is left', async () => {
  await db.query(`insert into t select g, 'it''s', 0, $1, $2 from generate_series(1, 5) g`, [big('a'), big('b')]);
  await db.provision('t');
  await db.query('update t set n = 1 where "Id" = 1');
  await db.query(`update t set n = 1, other = $1 where "Id" = 2`, [big('c')]);
  await db.query('update t set n = 1 where "Id" = 3; delete from t where "Id" = 3');
  await db.query('update t set n = 1 where "Id" = 4');
  await db.query(`update t set other = $1 where "Id" = 4`, [big('n')]);
  await db.query('update t set n = 1 where "Id" = 5');
  await db.query(`update t set other = repeat('y', 60000) where "Id" = 5`);
  await db.query(`insert into t values (6, 'k', 9, 'small', null)`);
  const { pending, inFlight, rows, until } = await start();
  await until(9);
  expect(rows()).toEqual([
    ['u', 1, 1, big('a'), big('b')],
    ['u', 2, 1, big('a'), big('c')],
    ['u', 3, 1, UNAVAILABLE, UNAVAILABLE],
    null,
    // The present value, newer than the event.
    ['u', 4, 1, big('a'), big('n')],
    ['u', 4, 1, big('a'), big('n')],
    // Larger than what is read.
    ['u', 5, 1, big('a'), UNAVAILABLE],
    ['u', 5, 1, big('a'), 'y'.repeat(60_000)],
    ['c', 6, 9, 'small', null],
  ]);
  for (const { of } of pending) inFlight.settle(of.token);
  expect(inFlight.events).toBe(0);
});

it('tries again when the source is in trouble, nothing overtakes, and a table that is gone is no error', async () => {
  await db.query(`insert into t values (1, 'k', 0, $1, 'o')`, [big('a')]);
  await db.provision('t');
  const { rows, until, reselect } = await start();
  await db.query('update t set n = 1');
  await until(1);
  const [side] = await db.query(`select pg_terminate_backend(pid) as ended from pg_stat_activity where application_name = 'reselect'`);
  expect(side?.ended).toBe(true);
  await expect
    .poll(async () => (await db.query(`select from pg_stat_activity where application_name = 'reselect'`)).length, { timeout: 30_000 })
    .toBe(0);
  await db.query(`update t set n = 2; update t set n = 3, "doc ""x""" = 'new'`);
  await until(3);
  expect(rows().map((row) => row.slice(2, 4))).toEqual([
    [1, big('a')],
    [2, 'new'],
    [3, 'new'],
  ]);
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(faults.length > 0 ? ['source_unreachable'] : []));
  expect(recovered).toBe(faults.length > 0 ? 1 : 0);
  const relationGone = { oid: 1, schema: 'public', table: 'gone', replicaIdentity: 'default' as const, columns: [] };
  expect((await reader.read({ relation: relationGone, columns: ['a'], keys: [['1']] })).size).toBe(0);
  reselect.clear();
});
