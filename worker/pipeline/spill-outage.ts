import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { SPILL_DEFAULTS } from '@/core/spec/spill';
import { bundledPipeline, PipelineProcess, Receiver, TestStream } from './test-harness';

export interface OutageOptions {
  /** The source, on a server of its own; empty. */
  readonly sourceUrl: string;
  readonly catalogUrl: string;
  /** Rounds of one second with the sink down; in each 2,000 rows of 300 bytes and a WAL segment's end. */
  readonly roundsDown: number;
  /** Rounds after it is back, with the same traffic. */
  readonly roundsAfter: number;
  readonly budgetBytes: number;
  readonly say?: (line: string) => void;
}

export interface OutageReport {
  readonly rows: number;
  readonly arrivals: number;
  readonly duplicates: number;
  readonly lost: number;
  /** Rows of a key that came before an earlier one. */
  readonly reordered: number;
  readonly peakRetainedBytes: number;
  /** What the slot would have retained: all WAL written while the sink was down. */
  readonly writtenBytes: number;
  readonly peakSpilled: number;
  readonly peakSpilledBytes: number;
  readonly peakRssBytes: number;
  readonly secondsToDrain: number;
  readonly states: readonly string[];
}

const ROWS = 2_000;
const KEYS = 500;
/** Rows that may be written and not read yet before the next round begins: what is measured is the stream, not a machine that is busy. */
const AHEAD = 3 * ROWS;

/** An outage of the sink under load, in small: what the source retains, what the buffer holds, and whether all of it arrives in order. */
export async function spillOutage(options: OutageOptions): Promise<OutageReport> {
  const { sourceUrl, catalogUrl, roundsDown, roundsAfter, budgetBytes, say = () => undefined } = options;
  const source = new pg.Client({ connectionString: sourceUrl });
  await source.connect();
  await source.query('create table t (id int primary key, version int not null, note text not null)');
  await source.query(`insert into t select n, 0, '' from generate_series(1, $1) n`, [KEYS]);
  const receiver = await Receiver.start();
  const spill = { ...SPILL_DEFAULTS, afterSeconds: 3_600 };
  const stream = await TestStream.create({ catalogUrl, sourceUrl, table: 't', receiverUrl: receiver.url, spill, batch: 500 });
  const pipeline = await PipelineProcess.start(await bundledPipeline(), stream);
  const peak = { retained: 0, spilled: 0, spilledBytes: 0, rss: 0 };
  const until = async (done: () => boolean) => {
    while (!done()) {
      if (!pipeline.running) throw new Error(`the pipeline has ended: ${JSON.stringify(pipeline.fault)}`);
      await wait(50);
    }
  };
  const retainedBytes = async () => {
    const { rows } = await source.query<{ bytes: string }>(
      'select pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) as bytes from pg_replication_slots where slot_name = $1',
      [stream.slotName],
    );
    return Number(rows[0]?.bytes);
  };
  /** The source is free to throw away what was spilled: without the buffer this never comes. */
  const freed = async () => {
    while ((await retainedBytes()) >= budgetBytes / 2 && pipeline.running) {
      await source.query('checkpoint');
      await wait(100);
    }
  };
  let version = 0;
  const round = async () => {
    await source.query(`update t set version = $1::int + id % 4, note = repeat('x', 300)`, [version]);
    for (let part = 1; part < ROWS / KEYS; part++) await source.query(`update t set version = version + 4, note = repeat('y', 300)`);
    version += ROWS;
    await source.query('select pg_switch_wal()');
    await source.query('checkpoint');
    const retained = await retainedBytes();
    peak.retained = Math.max(peak.retained, retained);
    peak.spilled = Math.max(peak.spilled, pipeline.stats?.totals.spilled ?? 0);
    peak.spilledBytes = Math.max(peak.spilledBytes, pipeline.stats?.spill.bytes ?? 0);
    peak.rss = Math.max(peak.rss, pipeline.peakBytes);
    pipeline.tell({ type: 'wal', retainedBytes: retained, budgetBytes });
    say(
      `${pipeline.states.at(-1)}: retained ${mib(retained)}, spilled ${pipeline.stats?.totals.spilled} in ${mib(pipeline.stats?.spill.bytes ?? 0)}, rss ${mib(pipeline.stats?.rssBytes ?? 0)}, arrived ${receiver.arrivals.length}`,
    );
    return retained;
  };
  try {
    await until(() => pipeline.states.at(-1) === 'streaming');
    let written = 0;
    const decoded = () => pipeline.stats?.totals.decoded ?? 0;
    const begun = async () => Number((await source.query(`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as at`)).rows[0].at);
    const from = await begun();
    receiver.down = true;
    for (let done = 0; done < roundsDown; done++) {
      const at = Date.now();
      const due = (await round()) >= budgetBytes / 2;
      written += ROWS;
      if (due) await until(() => pipeline.states.includes('spilling'));
      if (pipeline.states.includes('spilling')) {
        await until(() => decoded() >= written - AHEAD);
        await freed();
      }
      await wait(Math.max(0, 1_000 - (Date.now() - at)));
    }
    const writtenBytes = (await begun()) - from;
    receiver.down = false;
    const back = Date.now();
    for (let done = 0; done < roundsAfter; done++) {
      const at = Date.now();
      await round();
      written += ROWS;
      await until(() => decoded() >= written - AHEAD);
      await wait(Math.max(0, 1_000 - (Date.now() - at)));
    }
    await until(() => pipeline.states.at(-1) === 'streaming' && new Set(receiver.arrivals.map(({ eventId }) => eventId)).size >= written);
    const secondsToDrain = Math.round((Date.now() - back) / 1000);
    await round();
    written += ROWS;
    await until(() => (pipeline.stats?.totals.delivered ?? 0) >= written);
    await pipeline.stop();
    return {
      rows: written,
      ...verdict(receiver, written),
      peakRetainedBytes: peak.retained,
      writtenBytes,
      peakSpilled: peak.spilled,
      peakSpilledBytes: peak.spilledBytes,
      peakRssBytes: peak.rss,
      secondsToDrain,
      states: pipeline.states,
    };
  } finally {
    if (pipeline.running) await pipeline.kill9();
    await source.end();
    await stream.dispose();
    await receiver.stop();
  }
}

/** First arrivals of each key carry growing versions, and there are as many as rows were written. */
function verdict(receiver: Receiver, written: number): Pick<OutageReport, 'arrivals' | 'duplicates' | 'lost' | 'reordered'> {
  const seen = new Set<string>();
  const latest = new Map<string, number>();
  let reordered = 0;
  for (const { eventId, key, value } of receiver.arrivals) {
    if (seen.has(eventId)) continue;
    seen.add(eventId);
    const version = value?.after?.version ?? -1;
    if (version <= (latest.get(key ?? '') ?? -1)) reordered++;
    latest.set(key ?? '', version);
  }
  const arrivals = receiver.arrivals.length;
  return { arrivals, duplicates: arrivals - seen.size, lost: written - seen.size, reordered };
}

export const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
