import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { HttpPeer } from '@/worker/testing/peers/http-peer';
import type { Assignment } from './assignment';
import { PipelineProcess, TestStream } from './test-harness';

export interface LoadOptions {
  readonly catalogUrl: string;
  /** An empty database of its own. */
  readonly sourceUrl: string;
  /** `http`: a local receiver that takes everything. */
  readonly sink: 'http' | 'event-log';
  /** At least; longer until the server was told `MIN_REPLIES` times where the pipeline is. */
  readonly seconds: number;
  /** Transactions of one row. */
  readonly perSecond: number;
  readonly pipelineFile: string;
  readonly walSenderTimeoutMs: number;
}
export interface LoadResult {
  readonly committed: number;
  readonly delivered: number;
  /** From the last commit until all was delivered. */
  readonly behindMs: number;
  readonly peakBytes: number;
  /** Processor time of the pipeline, microseconds a transaction. */
  readonly cpuUsPerTransaction: number;
  /** Connections of the stream to the server in all: one when every keepalive was answered in time. */
  readonly senders: number;
  /** Status updates that reached the server while transactions were written. */
  readonly replies: number;
  readonly confirmedLsn: { readonly before: string; readonly after: string };
}

const WRITERS = 4;
const MIN_REPLIES = 4;
/** Gives up on replies after so long, ms. */
const LONGEST_MS = 60_000;
const CLOCK_TICK_US = 10_000;

/** Single-row transactions at a steady rate through a pipeline process with default settings. For a test and a figure. */
export async function steadyLoad(options: LoadOptions): Promise<LoadResult> {
  const { catalogUrl, sourceUrl, sink, seconds, perSecond } = options;
  const receiver = new Taker();
  await receiver.up();
  const admin = await connected(sourceUrl);
  await admin.query(`alter database "${new URL(sourceUrl).pathname.slice(1)}" set wal_sender_timeout = ${options.walSenderTimeoutMs}`);
  await admin.query('create table t (id bigserial primary key, v int, note text)');
  const stream = await TestStream.create({ catalogUrl, sourceUrl, table: 't', receiverUrl: `${receiver.url}/`, snapshot: 'no_data' });
  const pipeline = await PipelineProcess.start(options.pipelineFile, sink === 'http' ? stream : intoEventLog(stream));
  const senders = new Set<number>();
  const replies = new Set<string>();
  const slot = async (): Promise<{ lsn: string }> => {
    const { rows } = await admin.query<{ lsn: string; pid: number | null; replied: string | null }>(
      `select s.confirmed_flush_lsn::text as lsn, s.active_pid as pid, r.reply_time::text as replied
       from pg_replication_slots s left join pg_stat_replication r on r.pid = s.active_pid where s.slot_name = $1`,
      [stream.slotName],
    );
    const [row] = rows;
    if (row?.pid) senders.add(row.pid);
    if (row?.replied) replies.add(row.replied);
    return row ?? { lsn: '0/0' };
  };
  try {
    while (pipeline.states.at(-1) !== 'streaming') await sleep(50);
    const before = await slot();
    const cpuBefore = cpuUs(pipeline.pid);
    replies.clear();
    const began = Date.now();
    const writing = () => {
      const ms = Date.now() - began;
      return ms < seconds * 1000 || (replies.size < MIN_REPLIES && ms < LONGEST_MS);
    };
    const looking = setInterval(() => void slot(), 500);
    const counts = await Promise.all(Array.from({ length: WRITERS }, () => write(sourceUrl, perSecond / WRITERS, writing)));
    const committed = counts.reduce((sum, count) => sum + count, 0);
    const written = Date.now();
    const replied = replies.size;
    const delivered = () => pipeline.stats?.totals.delivered ?? 0;
    for (const last = written + 60_000; delivered() < committed && Date.now() < last; ) await sleep(50);
    const behindMs = Date.now() - written;
    clearInterval(looking);
    for (const last = Date.now() + 10_000; (await slot()).lsn === before.lsn && Date.now() < last; ) await sleep(100);
    const after = await slot();
    return {
      committed,
      delivered: delivered(),
      behindMs,
      peakBytes: pipeline.peakBytes,
      cpuUsPerTransaction: Math.round((cpuUs(pipeline.pid) - cpuBefore) / committed),
      senders: senders.size,
      replies: replied,
      confirmedLsn: { before: before.lsn, after: after.lsn },
    };
  } finally {
    await pipeline.kill9();
    await stream.dispose();
    await admin.end();
    await receiver.down();
  }
}

class Taker extends HttpPeer {
  protected override async handle(_request: IncomingMessage, _body: Buffer, response: ServerResponse): Promise<void> {
    response.writeHead(200).end();
  }
}

/** One connection that keeps to its share of the rate; what it falls behind it makes up for. */
async function write(url: string, perSecond: number, writing: () => boolean): Promise<number> {
  const client = await connected(url);
  const began = Date.now();
  let count = 0;
  while (writing()) {
    const due = Math.floor(((Date.now() - began) / 1000) * perSecond);
    if (count >= due) await sleep(2);
    else {
      await client.query({ name: 'write', text: `insert into t (v, note) values ($1, 'a note of a usual length')`, values: [count] });
      count++;
    }
  }
  await client.end();
  return count;
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

function intoEventLog(stream: TestStream): Pick<TestStream, 'assignment'> {
  return {
    async assignment(): Promise<Assignment> {
      const made = await stream.assignment();
      return {
        ...made,
        spec: { ...made.spec, sink: { type: 'EventLog', target: 'test' } },
        sinkConfig: { type: 'EventLog', store: 'catalog' },
      };
    },
  };
}

/** User and system time, from /proc/<pid>/stat. */
function cpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_US;
}
