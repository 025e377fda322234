import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseLsn } from '@/core/postgres/lsn';
import { DEFAULT_LIMITS } from '@/worker/pipeline/assignment';
import { type Arrival, judge } from './invariants';
import { SurvivalWorld } from './survival-world';

/**
 * kill -9 of every part of a running worker, alone and all at once, under load. After each, what was committed is compared with
 * what arrived: nothing lost, nothing invented, every key's order unbroken, the same id the same bytes.
 */
let world: SurvivalWorld;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Of one of the writers' transactions; a changed key counts twice. */
const LARGEST_TRANSACTION = 400;

beforeAll(async () => {
  world = await SurvivalWorld.build({ orders: 'Http', customers: 'Http', logged: 'EventLog' }, 10);
  world.startWorker();
  await world.untilStreaming();
});
afterAll(() => world.remove());

const IN_FLIGHT = DEFAULT_LIMITS.maxInFlightEvents + LARGEST_TRANSACTION;
/** Longer than a confirmation waits for its status update (1 s): one that came before the delivery would show as a loss. */
const HELD_MS = 2_000;

/** Duplicates so far, by stream. */
const counted = new Map<string, number>();

/** Everything arrived and all of it as it has to be. Gives the duplicates since the last time, of all streams and of the worst one. */
async function compare(): Promise<{ committed: number; delivered: number; duplicates: number; worst: number }> {
  await world.untilDrained();
  const figures = { committed: 0, delivered: 0, duplicates: 0, worst: 0 };
  for (const { name, oracle, arrivals } of world.streams) {
    const verdict = judge(oracle.committed, await arrivals());
    expect(verdict.problems, name).toEqual([]);
    const duplicates = verdict.duplicates - (counted.get(name) ?? 0);
    counted.set(name, verdict.duplicates);
    figures.committed += oracle.committed.length;
    figures.delivered += verdict.arrivals;
    figures.duplicates += duplicates;
    figures.worst = Math.max(figures.worst, duplicates);
  }
  return figures;
}

/**
 * Load, the fault (while the sinks hold back what is in flight, or let it flow), load until events of after the fault arrive, and the comparison. What may come again of a
 * stream: what was in flight. A source that crashes has forgotten more: the fault then gives where each slot stands, and nothing
 * of before that may come again; null where nobody could look before the pipelines went on.
 */
async function under(title: string, fault: () => Promise<Map<string, bigint> | null | undefined>, held = true): Promise<void> {
  world.startLoad();
  await pause(1_000);
  const release = held ? await world.holdSinks() : async () => undefined;
  await pause(held ? HELD_MS : 500);
  const at = Date.now();
  const places = new Map(world.streams.flatMap(({ name, receiver }) => (receiver ? [[name, receiver.arrivals.length] as const] : [])));
  const slots = await fault();
  await release();
  const recovery = await world.untilArriving(at);
  await pause(500);
  await world.stopLoad();
  const { committed, delivered, duplicates, worst } = await compare();
  console.log(
    `${title}: committed ${committed}, delivered ${delivered}, duplicates of this kill ${duplicates} (most of one stream ${worst}), recovery ${(recovery / 1000).toFixed(1)} s`,
  );
  if (slots === undefined) expect(worst, `${title}: duplicates of one stream`).toBeLessThanOrEqual(IN_FLIGHT);
  for (const [name, place] of places) {
    const repeated = repeatedAfter((await world.streams.find((stream) => stream.name === name)?.arrivals()) ?? [], place);
    expect(new Set(repeated).size, `${name}: no event came again twice`).toBe(repeated.length);
    const slot = slots?.get(name);
    if (slot !== undefined) expect(repeated.filter((id) => commitOf(id) < slot)).toEqual([]);
  }
}

/** Ids from `place` on that had arrived before, each as often as it came. */
function repeatedAfter(arrivals: readonly Arrival[], place: number): string[] {
  const known = new Set(arrivals.slice(0, place).map(({ eventId }) => eventId));
  return arrivals.slice(place).flatMap(({ eventId }) => (known.has(eventId) ? [eventId] : []));
}

/** Commit LSN of an event id, `system/HIGH-LOW/number`. */
function commitOf(eventId: string): bigint {
  return parseLsn((eventId.split('/')[1] ?? '').replace('-', '/'));
}

test('kill -9 of a pipeline, and of all at once', async () => {
  await under('kill -9 of one pipeline', async () => void world.killPipelines(['orders']), false);
  await under('kill -9 of all pipelines', async () => void world.killPipelines(['orders', 'customers', 'logged']));
});

test('kill -9 of the supervisor', async () => {
  await under('kill -9 of the supervisor', async () => {
    await world.worker?.end('SIGKILL');
    await pause(300);
    world.startWorker();
    return undefined;
  });
});

test('kill -9 of the source Postgres', async () => {
  await under('kill -9 of the source', async () => {
    await world.sourceServer.kill9();
    await pause(500);
    await world.sourceServer.restart();
    return null;
  });
});

test('kill -9 of everything at once: supervisor, pipelines, source Postgres, catalog Postgres', async () => {
  // With events in flight; while they flow, it is one of the faults of `npm run chaos`.
  await under('kill -9 of everything', async () => {
    const gone = world.worker?.end('SIGKILL');
    world.killPipelines(['orders', 'customers', 'logged']);
    await Promise.all([gone, world.sourceServer.kill9(), world.catalogServer.kill9()]);
    await pause(300);
    await Promise.all([world.sourceServer.restart(), world.catalogServer.restart()]);
    const slots = await world.slotPositions();
    world.startWorker();
    return slots;
  });
});

test('a catalog that is stopped for 15 s stops no stream and restarts nothing; its figures go on afterwards', async () => {
  await world.untilStreaming();
  const figure = async () =>
    (
      await world.fixture.sql<{ delivered: string; at: Date }>(
        'SELECT sum(delivered) AS delivered, min(reported_at) AS at FROM stream_status',
      )
    )[0];
  const pids = world.startedPids();
  const before = await figure();
  world.startLoad();
  await pause(1_000);
  await world.catalogServer.halt();
  const stoppedAt = Date.now();
  let longest = 0;
  while (Date.now() - stoppedAt < 15_000) longest = Math.max(longest, await world.untilArriving(Date.now()));
  await world.catalogServer.restart();
  await world.until('figures', async () => {
    const now = await figure().catch(() => undefined);
    return Number(now?.delivered) > Number(before?.delivered) && Number(now?.at ?? 0) > stoppedAt + 15_000;
  });
  await world.stopLoad();
  const { committed, delivered, duplicates } = await compare();
  console.log(
    `catalog stopped for 15 s: committed ${committed}, delivered ${delivered}, duplicates ${duplicates}, longest wait for an event of every stream ${longest} ms`,
  );
  expect(duplicates).toBe(0);
  expect(longest, 'ms without an event').toBeLessThan(10_000);
  expect(world.startedPids(), 'nothing was started').toEqual(pids);
  await world.untilStreaming();
});
