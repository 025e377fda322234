import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lsn, parseLsn } from '@/core/postgres/lsn';
import { type Fault, LONG_MS, streamNamed, within } from './fault';
import { lettersOf, replayTwice } from './letters';
import { SideStream } from './side-stream';
import { named, withSetting, writeAndFollow, writeUntilLost } from './slot-faults';
import type { ChaosWorld } from './world';

const MB = 1024 * 1024;
const LETTERS = 1_000;
/** Far less than so many letters need. */
const CATALOG_ROOM = MB;
/** For how long a full catalog is looked at, ms. */
const LOOK_MS = 3_000;
const KEEP_MB = 128;
const CAP_LEVELS = [50, 75, 90] as const;
/** Less than is written while the slot stands still, and more than it may keep. */
const SOURCE_ROOM = 320 * MB;
const NOT_ROOT = 'not run: needs root to mount';

async function walNow(world: ChaosWorld): Promise<Lsn> {
  const [row] = await world.watch.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
  return parseLsn(row?.lsn ?? '0/0');
}

/** The stream waits with its event, and says so in the catalog, or in the worker's log when the catalog takes nothing. Where it did. */
async function stopsVisibly(world: ChaosWorld, streamId: string, logFrom: number): Promise<string> {
  let where = '';
  await within('orders to say that an event waits to be kept', LONG_MS, async () => {
    const rows = await world.fixture
      .sql<{ state: string; reason: string | null }>('SELECT state, state_reason AS reason FROM stream WHERE id = $1', [streamId])
      .catch(() => []);
    if (rows[0]?.state === 'retrying' && rows[0].reason?.includes('waits to be kept')) where = 'in the catalog';
    else if (readFileSync(world.logFile).subarray(logFrom).includes('waits to be kept')) where = 'in the log, the catalog took no row';
    return where !== '';
  });
  return where;
}

/** WAL until the slot has used this share of what it may keep, then until the portal is told. */
async function toldOfLevel(world: ChaosWorld, side: SideStream, percent: number): Promise<void> {
  const { slot } = await side.row();
  await within(`${percent} % to be used`, LONG_MS, async () => {
    await world.watch.query(`SELECT count(pg_logical_emit_message(false, 'hot', repeat('x', 1000000))) FROM generate_series(1, 2)`);
    const [row] = await world.watch.query<{ left: string }>('SELECT safe_wal_size AS left FROM pg_replication_slots WHERE slot_name = $1', [
      slot,
    ]);
    return 100 - (Number(row?.left) / (KEEP_MB * MB)) * 100 >= percent;
  });
  await within(`the portal to be told of ${percent} %`, LONG_MS, async () => {
    const told = await world.fixture.sql('SELECT 1 FROM stream_event WHERE stream_id = $1 AND position($2 in reason) > 0', [
      side.id,
      `has used ${percent} % of the WAL`,
    ]);
    return told.length > 0;
  });
}

/** Rows 36 and 37 of the matrix, on file systems in memory that can be filled. */
export const DISK_FAULTS: readonly Fault[] = [
  {
    name: "the catalog's disk is full while letters grow",
    allowance: 'window',
    weight: 0.5,
    run: async (world) => {
      const disk = world.disks?.catalog;
      if (!disk) return { note: NOT_ROOT };
      const orders = streamNamed(world, 'orders');
      const problems: string[] = [];
      const before = await lettersOf(world, orders.id, 'open');
      // WAL files that are there are used again: what runs out is room for rows.
      await world.fixture.sql(`SELECT count(pg_logical_emit_message(false, 'x', repeat('x', 1000000))) FROM generate_series(1, 64)`);
      await world.fixture.sql('CHECKPOINT');
      const logFrom = statSync(world.logFile).size;
      disk.fill(CATALOG_ROOM);
      let keys: number[] = [];
      let where = '';
      let ended = false;
      try {
        keys = await world.refusedForNow(orders, LETTERS);
        const behind = await walNow(world);
        where = await stopsVisibly(world, orders.id, logFrom);
        for (const until = Date.now() + LOOK_MS; Date.now() < until; await sleep(100)) {
          // One transaction: it is confirmed when every letter of it is kept, not before.
          const confirmed = (await world.watch.slots()).get('orders') ?? 0n;
          const kept = await lettersOf(world, orders.id, 'open').catch(() => before);
          if (confirmed >= behind && kept < before + LETTERS) {
            problems.push(`I7: confirmed beyond ${LETTERS} letters of which ${kept - before} are kept`);
            break;
          }
        }
      } finally {
        disk.makeRoom();
        // A server that found no room for its WAL ends; whoever runs it starts it again.
        ended = !(await world.servers.catalog.isRunning());
        if (ended) await world.servers.catalog.restart();
      }
      await within('every letter', 2 * LONG_MS, async () => (await lettersOf(world, orders.id, 'open')) === before + LETTERS);
      world.peer.refusing = () => false;
      await replayTwice(world, orders.id, keys);
      return {
        keptKeys: keys,
        problems,
        restarts: 2,
        note: `said ${where}${ended ? '; the catalog had ended and was started again' : ''}`,
      };
    },
  },
  {
    name: "the source's disk nearly full, with a stalled slot",
    allowance: 'none',
    weight: 0.2,
    run: async (world) => {
      const disk = world.disks?.source;
      if (!disk) return { note: NOT_ROOT };
      const started = async () => (await world.watch.query<{ at: string }>('SELECT pg_postmaster_start_time()::text AS at'))[0]?.at;
      const [side, runningSince] = [await SideStream.begin(world), await started()];
      await side.pause();
      const { slot } = await side.row();
      await world.stopLoad();
      const problems: string[] = [];
      let least = disk.free;
      try {
        await withSetting(world, 'max_wal_size', '64MB', () =>
          withSetting(world, 'max_slot_wal_keep_size', `${KEEP_MB}MB`, async () => {
            await world.watch.query('CHECKPOINT');
            disk.fill(SOURCE_ROOM);
            const from = await walNow(world);
            for (const percent of CAP_LEVELS) await toldOfLevel(world, side, percent);
            world.startLoad();
            await writeUntilLost(world, side);
            problems.push(...(await named(side, 'slot_lost', 'max_slot_wal_keep_size', Date.now())));
            while ((await walNow(world)) - from < BigInt(SOURCE_ROOM + 64 * MB)) {
              await writeAndFollow(world, slot);
              least = Math.min(least, disk.free);
            }
          }),
        );
      } finally {
        disk.makeRoom();
      }
      if ((await started()) !== runningSince) problems.push('the source went down');
      await side.retire();
      return { problems, note: `at least ${Math.round(least / MB)} MB were left` };
    },
  },
];
