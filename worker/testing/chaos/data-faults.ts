import { setTimeout as sleep } from 'node:timers/promises';
import { lastWriteWins } from '../invariants';
import { type Fault, LONG_MS, streamNamed, within } from './fault';
import { lettersOf, replayTwice } from './letters';
import { signal } from './processes';
import { SideStream } from './side-stream';

const LETTERS = 1_000;
const KILLS = 2;

/** Rows 29, 33, 38, 41 and 43 of the matrix. */
export const DATA_FAULTS: readonly Fault[] = [
  {
    name: 'one bad event of 50',
    allowance: 'none',
    run: async (world) => {
      await world.poisonAmong(streamNamed(world, 'orders'), 50);
      return undefined;
    },
  },
  {
    name: 'rows of 2 MiB',
    allowance: 'none',
    run: async (world) => {
      for (const name of ['customers', 'logged']) await world.wideRow(streamNamed(world, name), 2 * 1024 * 1024);
      return undefined;
    },
  },
  {
    name: 'columns and replica identity altered under load',
    allowance: 'none',
    run: async (world) => {
      const alter = async (change: string) => {
        for (const table of ['orders', 'logged']) await world.watch.query(`ALTER TABLE ${table} ${change}`);
        await sleep(300);
      };
      for (const change of [
        'ADD COLUMN extra int DEFAULT 7',
        'REPLICA IDENTITY FULL',
        'ALTER COLUMN extra TYPE text',
        'RENAME COLUMN extra TO other',
        'REPLICA IDENTITY DEFAULT',
        'DROP COLUMN other',
      ])
        await alter(change);
      return undefined;
    },
  },
  {
    name: 'existing rows read under load, killed meanwhile',
    allowance: 'none',
    weight: 0.5,
    run: async (world, random) => {
      await world.watch.query(`INSERT INTO archive SELECT k, 0 FROM generate_series(1, 20000) k ON CONFLICT DO NOTHING`);
      const side = await SideStream.begin(world, { table: 'archive', snapshot: 'initial' });
      let writing = true;
      let version = 0;
      const writer = (async () => {
        while (writing) {
          version++;
          const key = 1 + Math.floor(random() * 20_500);
          if (random() < 0.2) await world.watch.query('DELETE FROM archive WHERE id = $1', [key]);
          else
            await world.watch.query(
              'INSERT INTO archive VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET version = greatest(archive.version, excluded.version)',
              [key, version],
            );
          await sleep(2);
        }
      })();
      for (let kill = 0; kill < KILLS; kill++) {
        await sleep(300 + random() * 700);
        const pid = world.pipeline(side.name)?.pid;
        if (pid) signal(pid, 'SIGKILL');
      }
      await within('the end of the snapshot', LONG_MS, async () => {
        const rows = await world.fixture.sql(`SELECT 1 FROM provision WHERE stream_id = $1 AND snapshot_state = 'done'`, [side.id]);
        return rows.length === 1;
      });
      writing = false;
      await writer;
      const table = new Map(
        (await world.watch.query<{ id: number; version: number }>('SELECT id, version FROM archive')).map((row) => [row.id, row.version]),
      );
      let differing = 0;
      await within('what was read and streamed to be the table', LONG_MS, async () => {
        const state = lastWriteWins(await world.logged(side.name));
        differing = [...new Set([...state.keys(), ...table.keys()])].filter((id) => state.get(id) !== table.get(id)).length;
        return differing === 0;
      }).catch(() => undefined);
      await side.retire();
      return { problems: differing === 0 ? [] : [`I1: ${differing} rows at the sink are not as the table has them`] };
    },
  },
  {
    name: `${LETTERS} letters replayed while live, pressed twice, after the table was altered`,
    allowance: 'none',
    weight: 0.5,
    run: async (world) => {
      const orders = streamNamed(world, 'orders');
      const openBefore = await lettersOf(world, orders.id, 'open');
      const keys = await world.refusedForNow(orders, LETTERS);
      await within(`${LETTERS} letters`, 2 * LONG_MS, async () => (await lettersOf(world, orders.id, 'open')) === openBefore + LETTERS);
      await world.watch.query('ALTER TABLE orders ADD COLUMN later int');
      world.peer.refusing = () => false;
      await replayTwice(world, orders.id, keys);
      await world.watch.query('ALTER TABLE orders DROP COLUMN later');
      return { keptKeys: keys };
    },
  },
];
