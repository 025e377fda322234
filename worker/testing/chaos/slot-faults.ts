import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, LONG_MS, within } from './fault';
import { SideStream } from './side-stream';
import type { ChaosWorld } from './world';

const KEEP_MB = 64;
const MB = 1024 * 1024;
/** A lost slot is named within this time of the catalog's clock, ms. */
const NAMED_MS = 15_000;

/** The state is told with its reason, in time, and nobody makes the slot again. */
export async function named(side: SideStream, state: string, words: string, since: number): Promise<string[]> {
  await side.reaches([state]);
  const ms = Date.now() - since;
  const { reason } = await side.row();
  const before = JSON.stringify(await side.slot());
  await sleep(2_500);
  const after = JSON.stringify(await side.slot());
  return [
    ...(reason.includes(words) ? [] : [`I11: ${side.name} is ${state}, and the reason does not name ${words}: ${reason}`]),
    ...(ms > NAMED_MS ? [`I11: ${state} was told after ${ms} ms`] : []),
    ...(after === before ? [] : [`the slot of ${side.name} changed by itself from ${before} to ${after}`]),
  ];
}

/** Changes a setting of the source for as long as `work` takes. */
export async function withSetting(world: ChaosWorld, setting: string, value: string, work: () => Promise<void>): Promise<void> {
  await world.watch.query(`ALTER SYSTEM SET ${setting} = '${value}'`);
  await world.watch.query('SELECT pg_reload_conf()');
  try {
    await work();
  } finally {
    await world.watch.query(`ALTER SYSTEM RESET ${setting}`);
    await world.watch.query('SELECT pg_reload_conf()');
  }
}

/** 17 MB of WAL, and every slot but the one named behind it. Gives what pg_wal holds then, bytes. */
export async function writeAndFollow(world: ChaosWorld, exceptSlot: string): Promise<number> {
  const [at] = await world.watch.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
  await world.watch.query(`SELECT count(pg_logical_emit_message(false, 'hot', repeat('x', 1000000))) FROM generate_series(1, 17)`);
  await within('the other slots to follow', LONG_MS, async () => {
    await world.watch.query('CHECKPOINT');
    const behind = await world.watch.query('SELECT 1 FROM pg_replication_slots WHERE slot_name <> $1 AND restart_lsn < $2::pg_lsn', [
      exceptSlot,
      at?.lsn,
    ]);
    return behind.length === 0;
  });
  const [wal] = await world.watch.query<{ bytes: string }>('SELECT sum(size) AS bytes FROM pg_ls_waldir()');
  return Number(wal?.bytes);
}

/** WAL until the slot is lost, slowly enough that the slots that are read keep up. Gives the most WAL that there was, bytes. */
export async function writeUntilLost(world: ChaosWorld, side: SideStream): Promise<number> {
  let most = 0;
  const { slot } = await side.row();
  await within(`the slot of ${side.name} to be lost`, 3 * LONG_MS, async () => {
    most = Math.max(most, await writeAndFollow(world, slot));
    return (await side.slot())?.wal_status === 'lost';
  });
  return most;
}

/** Rows 16, 17, 18 and 37 of the matrix: a slot that is gone, moved or invalidated stops its stream by name and nobody else's. */
export const SLOT_FAULTS: readonly Fault[] = [
  {
    name: 'slot made again behind our back',
    allowance: 'none',
    weight: 0.5,
    run: async (world) => {
      const side = await SideStream.begin(world);
      await side.pause();
      const { slot } = await side.row();
      await world.watch.query('SELECT pg_drop_replication_slot($1)', [slot]);
      await world.watch.query(`SELECT pg_create_logical_replication_slot($1, 'pgoutput')`, [slot]);
      const since = Date.now();
      await side.want('running');
      const problems = await named(side, 'position_mismatch', slot, since);
      await side.retire();
      return { problems };
    },
  },
  {
    name: `slot invalidated by max_slot_wal_keep_size, ${KEEP_MB} MB`,
    allowance: 'none',
    weight: 0.5,
    run: async (world) => {
      const side = await SideStream.begin(world);
      await side.pause();
      const problems: string[] = [];
      await withSetting(world, 'max_wal_size', '64MB', () =>
        withSetting(world, 'max_slot_wal_keep_size', `${KEEP_MB}MB`, async () => {
          const most = await writeUntilLost(world, side);
          problems.push(...(await named(side, 'slot_lost', 'max_slot_wal_keep_size', Date.now())));
          // What the stalled slot may keep, what checkpoints keep, and what was written between two looks.
          if (most > 2 * KEEP_MB * MB + 80 * MB) problems.push(`the stalled slot let pg_wal grow to ${Math.round(most / MB)} MB`);
        }),
      );
      await side.retire();
      return { problems };
    },
  },
  {
    name: 'slot invalidated by idle_replication_slot_timeout',
    allowance: 'none',
    weight: 0.5,
    run: async (world) => {
      const [server] = await world.watch.query<{ version: number }>(`SELECT current_setting('server_version_num')::int AS version`);
      if ((server?.version ?? 0) < 180_000) return undefined;
      const side = await SideStream.begin(world);
      await side.pause();
      const problems: string[] = [];
      await withSetting(world, 'idle_replication_slot_timeout', '1s', async () => {
        await within('the idle slot to be lost', LONG_MS, async () => {
          await world.watch.query('CHECKPOINT');
          return (await side.slot())?.wal_status === 'lost';
        });
        problems.push(...(await named(side, 'slot_lost', 'idle_replication_slot_timeout', Date.now())));
      });
      await side.retire();
      return { problems };
    },
  },
];
