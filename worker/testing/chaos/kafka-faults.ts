import { type Fault, LONG_MS, within } from './fault';
import type { ChaosWorld } from './world';

function kafkaOf({ kafka }: ChaosWorld) {
  if (!kafka) throw new Error('this world has no Kafka');
  return kafka;
}
const kafkaStreams = ({ streams }: ChaosWorld) => streams.filter(({ sink }) => sink === 'Kafka');

/** Everything committed so far is in the topics, and the slots are behind it: nobody needs it of the source again. */
async function allTaken(world: ChaosWorld): Promise<void> {
  const [at] = await world.watch.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
  await within('the topics to have everything', LONG_MS, async () => {
    for (const stream of kafkaStreams(world))
      if ((await stream.arrived()) < stream.oracle.committed.length - stream.mark + stream.beside.length) return false;
    const behind = await world.watch.query('SELECT 1 FROM pg_replication_slots WHERE confirmed_flush_lsn < $1::pg_lsn', [at?.lsn]);
    return behind.length === 0;
  });
}

/** Rows 31 and 32 of the matrix, as far as one broker can show them. */
export const KAFKA_FAULTS: readonly Fault[] = [
  {
    name: 'kill -9 of the broker',
    allowance: 'window',
    weight: 2,
    needsKafka: true,
    run: async (world) => {
      await kafkaOf(world).kill9AndRestart(500);
      return { restarts: 2 };
    },
  },
  {
    name: 'SIGSTOP of the broker',
    allowance: 'window',
    needsKafka: true,
    run: async (world) => {
      await kafkaOf(world).freeze(3_000);
      return undefined;
    },
  },
  {
    // Longer than a request is waited for: it is sent again while the broker still has the first.
    name: 'SIGSTOP of the broker, 35 s',
    allowance: 'window',
    weight: 0.3,
    needsKafka: true,
    run: async (world) => {
      await kafkaOf(world).freeze(35_000);
      return { restarts: 2 };
    },
  },
  {
    name: 'topics deleted, and made again',
    allowance: 'window',
    needsKafka: true,
    run: async (world) => {
      // What is in a topic that is deleted is gone; this is about what comes behind it.
      await world.stopLoad();
      await allTaken(world);
      await kafkaOf(world).withoutTopics(async () => {
        world.startLoad();
        for (const { name, id } of kafkaStreams(world))
          await within(`${name} to say that its topic does not exist`, LONG_MS, async () => {
            const rows = await world.fixture.sql<{ state: string; reason: string }>(
              'SELECT state, state_reason AS reason FROM stream WHERE id = $1',
              [id],
            );
            return rows[0]?.state === 'retrying' && /does not exist|does not host/.test(rows[0].reason);
          });
      });
      return { restarts: 2 };
    },
  },
];
