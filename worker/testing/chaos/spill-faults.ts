import { type Fault, type FaultReport, LONG_MS, within } from './fault';
import { signal } from './processes';
import type { ChaosWorld } from './world';

/** Both go to the receiver. */
const STREAMS = ['orders', 'customers'];
/** So many events wait before the first kill, and come from the next process before the receiver is back. */
const WAITING = 100;

interface Buffered {
  readonly events: number;
  /** Number of the oldest that waits, and of the next that comes. */
  readonly oldest: number;
  readonly next: number;
}

async function buffered(world: ChaosWorld, stream: string): Promise<Buffered> {
  const [row] = await world.fixture.sql<Buffered>(
    `SELECT COALESCE(sum(b.events - b.taken), 0)::float8 AS events, COALESCE(min(b.ordinal), h.next_ordinal)::float8 AS oldest,
            h.next_ordinal::float8 AS next
     FROM spill_buffer h JOIN stream s ON s.id = h.stream_id LEFT JOIN spill_batch b ON b.stream_id = h.stream_id
     WHERE s.name = $1 GROUP BY h.next_ordinal`,
    [stream],
  );
  return row ?? { events: 0, oldest: 1, next: 1 };
}

/** A budget that is used up at once: a receiver that is down is then not waited for. Gives the way back. */
async function withoutBudget(world: ChaosWorld): Promise<() => Promise<void>> {
  const set = 'UPDATE provision p SET wal_budget_bytes = $2 FROM stream s WHERE s.id = p.stream_id AND s.name = ANY ($1)';
  const [row] = await world.fixture.sql<{ budget: string }>(
    `SELECT max(wal_budget_bytes)::text AS budget FROM provision p JOIN stream s ON s.id = p.stream_id WHERE s.name = ANY ($1)`,
    [STREAMS],
  );
  await world.fixture.sql(set, [STREAMS, 1]);
  return async () => void (await world.fixture.sql(set, [STREAMS, row?.budget]));
}

async function kill(world: ChaosWorld, stream: string): Promise<void> {
  await within(`a process of ${stream}`, LONG_MS, () => world.pipeline(stream) !== undefined);
  const { pid = 0 } = world.pipeline(stream) ?? {};
  signal(pid, 'SIGKILL');
  await within(`another process of ${stream}`, LONG_MS, () => (world.pipeline(stream)?.pid ?? pid) !== pid);
}

/** What is in the durable buffer is confirmed before it is delivered: once is what has to hold, in order, and nothing lost. */
export const SPILL_FAULTS: readonly Fault[] = [
  {
    name: 'kill -9 while it spills and while it drains',
    allowance: 'window',
    run: async (world): Promise<FaultReport> => {
      const restore = await withoutBudget(world);
      let waiting = 0;
      let left = 0;
      try {
        world.peer.mode = 'down';
        await within('events in the durable buffer', LONG_MS, async () => (await buffered(world, 'orders')).events >= WAITING);
        await kill(world, 'orders');
        const { next } = await buffered(world, 'orders');
        await within('more from the next process', LONG_MS, async () => (await buffered(world, 'orders')).next >= next + WAITING);
        const before = await buffered(world, 'orders');
        waiting = before.events;
        // Slow enough that the kill comes in the middle.
        world.peer.mode = 'slow';
        await within('the buffer to drain', LONG_MS, async () => (await buffered(world, 'orders')).oldest > before.oldest);
        await kill(world, 'orders');
        left = (await buffered(world, 'orders')).events;
      } finally {
        await restore();
        world.peer.mode = 'well';
      }
      for (const name of STREAMS)
        await within(`an empty buffer of ${name}`, LONG_MS, async () => (await buffered(world, name)).events === 0);
      return { restarts: 3, keptStreams: STREAMS, note: `${waiting} events waited, ${left} when it was killed draining` };
    },
  },
];
