import pg from 'pg';
import { migrate } from '@/local/migrate';
import { startPostgres } from '@/worker/testing/postgres';
import { EVENTS_A_KEY, fillLog, START, STREAMS } from './event-log-fill';
import type { BenchContext, Contender, Sample } from './harness/benchmark';
import { percentile } from './harness/samples';

const EVENTS = 10_000_000;
const QUERIES = 500;

/** A log of ten million events of twenty streams, asked as people and programs ask it. */
export async function queryRuns(context: BenchContext): Promise<void> {
  const postgres = await startPostgres({ settings: { shared_buffers: '512MB', maintenance_work_mem: '1GB', autovacuum: 'off' } });
  context.cleanup(() => postgres.stop());
  const url = await postgres.createDatabase('log');
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  context.cleanup(() => client.end());
  const events = Math.ceil(EVENTS * context.scale);
  const keys = Math.ceil(events / EVENTS_A_KEY / STREAMS);
  await fillLog(client, events, keys, (line) => context.say(line));
  const { rows } = await client.query<{ size: string; payload: string }>(
    `select pg_size_pretty(pg_total_relation_size('event_log')) as size,
            (select round(avg(octet_length(payload::text))) from event_log where id <= 1000) as payload`,
  );
  context.note(
    'query',
    `${events} events of ${STREAMS} streams, ${EVENTS_A_KEY} a key, payloads of ${rows[0]?.payload} B, ${rows[0]?.size} with indexes, which were built after the rows; 512 MB of buffers`,
  );
  const stream = (n: number) => `stream-${n % STREAMS}`;
  const key = (n: number) => `{"id":${(n * 7919) % keys}}`;
  const at = (n: number) => new Date(START + ((n * 7919) % (events - 1000)) * 10);
  const contenders: Contender[] = [
    asked(client, 'by event id', 'select * from event_log where stream = $1 and event_id = $2', (n) => {
      const wanted = (n * 7919) % events;
      return [stream(wanted), `7/${wanted}`];
    }),
    asked(client, 'by key', 'select * from event_log where stream = $1 and key_text = $2 order by commit_lsn, seq', (n) => [
      stream(n),
      key(n),
    ]),
    asked(
      client,
      'by key, newest 20',
      'select * from event_log where stream = $1 and key_text = $2 order by commit_lsn desc, seq desc limit 20',
      (n) => [stream(n), key(n)],
    ),
    asked(
      client,
      'a second of one stream',
      'select * from event_log where stream = $1 and committed_at >= $2 and committed_at < $3',
      (n) => [stream(n), at(n), new Date(at(n).getTime() + 1000)],
    ),
    asked(client, 'a thousand from an id on', 'select * from event_log where id > $1 order by id limit 1000', (n) => [(n * 7919) % events]),
  ];
  await context.compare({
    table: 'query',
    metrics: [
      { name: 'p50', unit: 'ms', digits: 2 },
      { name: 'p99', unit: 'ms', digits: 2 },
      { name: 'rows', unit: 'a query' },
    ],
    contenders,
    peer: 'by event id',
  });
}

function asked(client: pg.Client, name: string, text: string, values: (n: number) => unknown[]): Contender {
  return {
    name,
    async run(round): Promise<Sample> {
      const times = new Float64Array(QUERIES);
      let rows = 0;
      for (let n = 0; n < QUERIES; n++) {
        const began = performance.now();
        const answer = await client.query({ name, text, values: values(round * QUERIES + n) });
        times[n] = performance.now() - began;
        rows += answer.rows.length;
      }
      times.sort();
      return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), rows: rows / QUERIES };
    },
  };
}
