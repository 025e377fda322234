import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { FAILPOINTS, type FailpointName } from '@/worker/pipeline/failpoints';
import { STOOD_STILL_MS } from '@/worker/pipeline/fence';
import { CLOCK_FAULTS } from './clock-faults';
import { DATA_FAULTS } from './data-faults';
import { DISK_FAULTS } from './disk-faults';
import { type Allowance, type Fault, type FaultReport, LONG_MS, streamNamed, within } from './fault';
import { KAFKA_FAULTS } from './kafka-faults';
import type { PeerMode } from './ledger-peer';
import { NETWORK_FAULTS } from './network-faults';
import { pipelinesOf, signal } from './processes';
import { SLOT_FAULTS } from './slot-faults';
import { SPILL_FAULTS } from './spill-faults';
import type { ChaosWorld } from './world';

const none = undefined;
/** Places that only events on their way through the buffer pass: spill.pg.test.ts, and the kills of SPILL_FAULTS. */
const SPILL = 'spill_';
/** Streams whose sinks take anything of any size that is written here, one of each kind of sink. */
const withBig = (world: ChaosWorld) => [
  'orders',
  'logged',
  ...world.streams.filter(({ sink }) => sink === 'Kafka').map(({ name }) => name),
];
const SEGMENT = 16 * 1024 * 1024;

/** The stream's process ends itself at one of the places, as often as it comes there, until the worker runs without. */
const failpoint = (name: FailpointName): Fault => ({
  name: `failpoint ${name}`,
  allowance: 'window',
  run: async (world, random) => {
    const letters = name === 'after_dlq_insert';
    // Before the first passage of `decoded` and the like there has to be something in flight that can be lost.
    const at = letters ? 1 : 1 + Math.floor(random() * 30);
    const victim = letters ? 'orders' : (withBig(world)[Math.floor(random() * withBig(world).length)] ?? 'orders');
    await world.endWorker('SIGTERM');
    world.startWorker({ FAILPOINTS: `${name}=kill@${at}`, FAILPOINTS_STREAM: victim });
    if (letters) await world.poison(streamNamed(world, 'orders'), 1);
    let pid = 0;
    await within(`${name}=kill@${at} in ${victim}`, LONG_MS, () => {
      const now = world.pipeline(victim)?.pid ?? 0;
      const struck = pid !== 0 && now !== pid;
      pid = now;
      return struck;
    });
    await world.endWorker('SIGTERM');
    world.startWorker();
    return { restarts: 2 };
  },
});

const crashSource = async (world: ChaosWorld, round: () => Promise<void>): Promise<FaultReport> => {
  // Nobody reads on before the slots were looked at.
  const open = await world.proxies.source.add({ type: 'down' });
  await round();
  const slots = await world.watch.slots();
  await open();
  return { slots };
};

const receiver = (mode: PeerMode, ms: number, allowance: Allowance): Fault => ({
  name: `receiver ${mode}`,
  allowance,
  run: async (world) => {
    world.peer.mode = mode;
    await sleep(ms);
    world.peer.mode = 'well';
    return { restarts: 1 };
  },
});

const frozen = (who: 'worker' | 'pipelines', ms: number): Fault => ({
  name: `SIGSTOP of the ${who}`,
  allowance: 'window',
  run: async (world) => {
    const pids = who === 'worker' ? [world.worker?.pid ?? 0] : world.pipelines().map(({ pid }) => pid);
    for (const pid of pids) if (pid) signal(pid, 'SIGSTOP');
    await sleep(ms);
    for (const pid of pids) if (pid) signal(pid, 'SIGCONT');
    return none;
  },
});

const SECOND = { SPILLWAY_WORKER_ID: 'chaos-2' };
/** Every stream runs under the worker that was started last. */
const taken = (world: ChaosWorld, ms: number) =>
  within('every stream to be run by the other worker', ms, () => world.pipelines().length === world.streams.length);

export const FAULTS: readonly Fault[] = [
  {
    name: 'a second worker, which takes over, and back',
    allowance: 'none',
    run: async (world) => {
      for (const env of [SECOND, {}]) {
        const before = world.worker;
        world.startWorker(env);
        await sleep(1_500);
        const doubled = world.pipelines().length;
        await world.endWorker('SIGTERM', before);
        await taken(world, LONG_MS);
        if (doubled > 0) return { problems: [`I10: ${doubled} streams ran under two workers`] };
      }
      return none;
    },
  },
  {
    name: 'frozen until another worker took over, then awake again',
    allowance: 'window',
    run: async (world) => {
      const frozen = world.worker;
      const pids = [frozen?.pid ?? 0, ...world.pipelines().map(({ pid }) => pid)];
      // What is in flight is sent again as soon as it can: a process that wakes up tries at once.
      world.peer.mode = 'down';
      await sleep(1_000);
      for (const pid of pids) signal(pid, 'SIGSTOP');
      const frozenAt = Date.now();
      try {
        world.startWorker(SECOND);
        // As if 30 s of the catalog's clock had passed.
        await world.fixture.sql(`UPDATE stream_lease SET expires_at = clock_timestamp() - interval '1 second'`);
        await taken(world, 120_000);
        const before = world.peer.ledger('orders').length;
        world.peer.mode = 'well';
        await within('events by the other worker', LONG_MS, () => world.peer.ledger('orders').length > before + 200);
        await sleep(Math.max(0, frozenAt + STOOD_STILL_MS + 1_000 - Date.now()));
      } finally {
        for (const pid of pids) signal(pid, 'SIGCONT');
      }
      await within('the one that slept to let go', LONG_MS, () => pipelinesOf(frozen?.pid ?? 0).length === 0);
      await world.endWorker('SIGTERM', frozen);
      await world.endWorker('SIGTERM');
      world.startWorker();
      return { restarts: 2 };
    },
  },
  {
    name: 'kill -9 of a pipeline',
    allowance: 'window',
    held: true,
    weight: 2,
    run: async (world, random) => {
      const running = world.pipelines();
      const victim = running[Math.floor(random() * running.length)];
      if (victim) signal(victim.pid, 'SIGKILL');
      return none;
    },
  },
  ...FAILPOINTS.filter((name) => !name.startsWith(SPILL)).map(failpoint),
  {
    name: 'SIGTERM under load',
    allowance: 'none',
    weight: 2,
    run: async (world) => {
      await world.endWorker('SIGTERM');
      world.startWorker();
      return none;
    },
  },
  frozen('worker', 2_500),
  frozen('pipelines', 2_500),
  {
    name: 'kill -9 of the supervisor',
    allowance: 'window',
    held: true,
    weight: 2,
    run: async (world) => {
      await world.endWorker('SIGKILL');
      world.startWorker();
      return none;
    },
  },
  {
    name: 'kill -9 of the source',
    allowance: 'slot',
    held: true,
    run: (world) =>
      crashSource(world, async () => {
        await world.servers.source.kill9();
        await world.servers.source.restart();
      }),
  },
  {
    name: 'three crashes of the source in a row',
    allowance: 'slot',
    held: true,
    run: async (world) => {
      let lowest: FaultReport = {};
      for (let round = 0; round < 3; round++) {
        const { slots } = await crashSource(world, async () => {
          await world.servers.source.kill9();
          await world.servers.source.restart();
        });
        lowest = lowest.slots ? lowest : { slots };
        await sleep(400);
      }
      return lowest;
    },
  },
  {
    name: 'kill -9 of the catalog',
    allowance: 'none',
    run: async (world) => {
      await world.servers.catalog.kill9();
      await sleep(500);
      await world.servers.catalog.restart();
      return none;
    },
  },
  {
    name: 'kill -9 of everything',
    allowance: 'slot',
    held: true,
    run: async (world) => {
      const pids = world.pipelines().map(({ pid }) => pid);
      const gone = world.endWorker('SIGKILL');
      for (const pid of pids) signal(pid, 'SIGKILL');
      await gone;
      return crashSource(world, async () => {
        await Promise.all([world.servers.source.kill9(), world.servers.catalog.kill9()]);
        await Promise.all([world.servers.source.restart(), world.servers.catalog.restart()]);
        world.startWorker();
      });
    },
  },
  {
    name: 'walsender terminated',
    allowance: 'window',
    held: true,
    run: async (world) => {
      await world.watch.query('SELECT pg_terminate_backend(pid) FROM pg_stat_replication');
      return none;
    },
  },
  ...NETWORK_FAULTS,
  receiver('slow', 2_000, 'none'),
  receiver('down', 2_000, 'none'),
  receiver('flapping', 2_000, 'none'),
  receiver('partial', 2_000, 'none'),
  receiver('ack-lost', 2_000, 'window'),
  {
    name: 'catalog stopped for 4 s',
    allowance: 'none',
    run: async (world) => {
      await world.servers.catalog.halt();
      await sleep(4_000);
      await world.servers.catalog.restart();
      return none;
    },
  },
  {
    name: 'long transaction open on the source',
    allowance: 'none',
    run: async (world) => {
      const client = new pg.Client({ connectionString: world.sourceUrl });
      await client.connect();
      await client.query('BEGIN; SELECT pg_current_xact_id()');
      const before = await world.watch.slots();
      // Positions move although the WAL of before is kept for the open transaction.
      await within('slots to move beside an open transaction', 30_000, async () => {
        const now = await world.watch.slots();
        return world.streams.every(({ name }) => (now.get(name) ?? 0n) > (before.get(name) ?? 0n));
      });
      await client.query('ROLLBACK');
      await client.end();
      return none;
    },
  },
  {
    name: '34 MB of WAL beside idle streams',
    allowance: 'none',
    weight: 0.5,
    run: async (world) => {
      await world.stopLoad();
      await world.watch.query(`SELECT count(pg_logical_emit_message(false, 'hot', repeat('x', 1000000))) FROM generate_series(1, 34)`);
      // The server itself notes every 15 s from where on its WAL is needed; nothing is written for it here.
      await within('less than two segments retained', 40_000, async () => {
        const [row] = await world.watch.query<{ kept: string }>(
          `SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn))::text AS kept FROM pg_replication_slots`,
        );
        return Number(row?.kept) < 2 * SEGMENT;
      });
      return none;
    },
  },
  {
    name: 'transaction of 5,000 rows',
    allowance: 'none',
    run: async (world) => {
      await Promise.all(withBig(world).map((name) => world.bigTransaction(streamNamed(world, name), 5_000)));
      return none;
    },
  },
  {
    name: 'kill -9 within a transaction of 5,000 rows',
    allowance: 'window',
    run: async (world) => {
      await Promise.all(withBig(world).map((name) => world.bigTransaction(streamNamed(world, name), 5_000)));
      await sleep(100);
      for (const { pid, stream: name } of world.pipelines()) if (withBig(world).includes(name)) signal(pid, 'SIGKILL');
      return none;
    },
  },
  {
    name: 'poison',
    allowance: 'none',
    weight: 2,
    run: async (world) => {
      const customers = streamNamed(world, 'customers');
      const ignored = async () => {
        const rows = await world.fixture.sql<{ ignored: string }>('SELECT ignored FROM stream_status WHERE stream_id = $1', [customers.id]);
        return Number(rows[0]?.ignored ?? 0);
      };
      // What an earlier fault interrupted may still be on its way to the status.
      await sleep(2_500);
      const before = await ignored();
      await world.poison(streamNamed(world, 'orders'), 3);
      await world.poison(customers, 3);
      await within('three more ignored events in the status', LONG_MS, async () => (await ignored()) === before + 3);
      return none;
    },
  },
  ...DATA_FAULTS,
  ...CLOCK_FAULTS,
  ...SLOT_FAULTS,
  ...SPILL_FAULTS,
  ...DISK_FAULTS,
  ...KAFKA_FAULTS,
];
