import pg from 'pg';
import { migrate } from '@/local/migrate';
import type { OutboundEvent } from '@/worker/flow/flow';
import { createEventLogSink } from '@/worker/sink/event-log/event-log-sink';
import { startPostgres, type TestPostgres } from '@/worker/testing/postgres';
import { batchesOf } from './event-log-events';
import { copyRows, multiRowInsert } from './event-log-peers';
import { queryRuns } from './event-log-queries';
import type { BenchContext, Benchmark, Contender, Sample } from './harness/benchmark';

const ROWS = 200_000;
const BATCH = 1_000;

const write = { table: 'write', contender: 'event log sink', metric: 'rows' };
export const benchmark: Benchmark = {
  name: 'event-log',
  title: 'durable writes of the event log, and queries over 10 M events',
  floors: [
    { text: 'at least 40,000 rows/s, durable', figure: write, atLeast: 40_000 },
    {
      text: 'at least half of what COPY into the same table gives',
      figure: write,
      to: { contender: 'COPY, same indexes', metric: 'rows' },
      atLeast: 0.5,
    },
    ...['by key', 'by key, newest 20'].map((contender) => ({
      text: `a query ${contender} over 10 M events: p99 below 30 ms`,
      figure: { table: 'query', contender, metric: 'p99' },
      atMost: 30,
    })),
  ],
  async run(context) {
    if (context.wanted('write')) await writes(context);
    if (context.wanted('query')) await queryRuns(context);
  },
};

/** Everything durable: fsync, full-page writes and synchronous_commit as a server has them by default. */
async function writes(context: BenchContext): Promise<void> {
  const postgres = await startPostgres({
    settings: { fsync: 'on', synchronous_commit: 'on', shared_buffers: '512MB', max_wal_size: '4GB' },
  });
  context.cleanup(() => postgres.stop());
  context.note(
    'write',
    'PostgreSQL 18, fsync = on, synchronous_commit = on, 520 B payloads, batches of 1,000; an empty catalog for each run',
  );
  const rows = Math.ceil(ROWS * context.scale);
  const contender = (name: string, writer: Writer): Contender => ({
    name,
    run: (round) => timed(postgres, writer, rows, `${name}-${round}`),
  });
  await context.compare({
    table: 'write',
    metrics: [
      { name: 'rows', unit: 'rows/s' },
      { name: 'server', unit: 'µs of backend a row', digits: 1 },
      { name: 'client', unit: 'µs of client a row', digits: 1 },
      { name: 'p99', unit: 'ms a batch', digits: 1 },
    ],
    contenders: [
      contender('event log sink', sinkWriter),
      contender('COPY, same indexes', copyRows),
      contender('INSERT … VALUES, same indexes', multiRowInsert),
    ],
    peer: 'COPY, same indexes',
  });
}

/** Makes what takes a batch; resolves once it is durable. */
export type Writer = (url: string) => Promise<{ write(batch: readonly OutboundEvent[]): Promise<void>; close(): Promise<void> }>;

const sinkWriter: Writer = async (url) => {
  const context = { streamId: 'bench', streamName: 'bench', epoch: 1, catalogUrl: url };
  const sink = createEventLogSink({ type: 'EventLog', target: 'log' }, { type: 'EventLog', store: 'catalog' }, null, context);
  const { signal } = new AbortController();
  await sink.open(signal);
  return {
    async write(batch) {
      const refused = (await sink.write(batch, signal)).find((outcome) => !outcome.ok);
      if (refused && !refused.ok) throw new Error(refused.error.message);
    },
    close: () => sink.close(),
  };
};

async function timed(postgres: TestPostgres, make: Writer, rows: number, run: string): Promise<Sample> {
  const name = `run_${run.replace(/\W+/g, '_').toLowerCase()}`;
  const url = await postgres.createDatabase(name);
  const admin = new pg.Client({ connectionString: url });
  await migrate(url);
  await admin.connect();
  try {
    await admin.query('checkpoint');
    const writer = await make(url);
    const pids = (
      await admin.query<{ pid: number }>('select pid from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()', [name])
    ).rows;
    const batches = [...batchesOf(rows, BATCH, run)];
    const { cpuMicros } = await import('./harness/process-figures');
    const backend = () => pids.reduce((sum, { pid }) => sum + cpuMicros(pid), 0);
    const [server, client, began] = [backend(), process.cpuUsage(), performance.now()];
    const times: number[] = [];
    for (const batch of batches) {
      const at = performance.now();
      await writer.write(batch);
      times.push(performance.now() - at);
    }
    const seconds = (performance.now() - began) / 1000;
    const used = process.cpuUsage(client);
    const sample = {
      rows: rows / seconds,
      server: (backend() - server) / rows,
      client: (used.user + used.system) / rows,
      p99: times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0,
    };
    await writer.close();
    const { rows: counted } = await admin.query<{ count: string }>('select count(*) from event_log');
    if (Number(counted[0]?.count) !== rows) throw new Error(`${counted[0]?.count} of ${rows} rows arrived`);
    return sample;
  } finally {
    await admin.end();
    const outside = new pg.Client({ connectionString: postgres.url });
    await outside.connect();
    await outside.query(`drop database ${name} with (force)`);
    await outside.end();
  }
}
