import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type pg from 'pg';
import { slotNameFor } from '@/core/postgres/identifiers';
import { type Lsn, parseLsn } from '@/core/postgres/lsn';
import { commitOf } from './checker';
import { sturdyPool } from './event-log';
import type { TimedArrival } from './ledger-peer';
import { pipelinesOf, visibleOf } from './processes';

interface Watched {
  readonly name: string;
  readonly id: string;
}
interface Sample {
  /** When the server had answered, ms since the epoch. */
  readonly at: number;
  readonly confirmed: ReadonlyMap<string, Lsn>;
}

/** A pipeline's memory that no fault may make it pass, bytes. */
export const RSS_CAP = 200 * 1024 * 1024;
const EVERY_MS = 250;

/** Looks all the time: where the slots stand (I7), how many walsenders a stream has (I10), the pipelines' memory (I8). */
export class Watch {
  readonly problems: string[] = [];
  peakRss = 0;
  private samples: Sample[] = [];
  private readonly epochs = new Map<string, bigint>();
  private readonly pool: pg.Pool;
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    sourceUrl: string,
    private readonly streams: readonly Watched[],
    private readonly workerPid: () => number | null,
  ) {
    this.pool = sturdyPool(sourceUrl);
    let busy = false;
    this.timer = setInterval(() => {
      this.memory();
      if (busy) return;
      busy = true;
      // A source that is down is one of the faults.
      this.looking = this.look().catch(() => undefined);
      void this.looking.finally(() => {
        busy = false;
      });
    }, EVERY_MS);
  }

  /** Each stream's confirmed position; rejects while the server does not answer. */
  async slots(): Promise<Map<string, Lsn>> {
    const { rows } = await this.pool.query<{ slot_name: string; lsn: string | null }>(
      'SELECT slot_name, confirmed_flush_lsn::text AS lsn FROM pg_replication_slots',
    );
    const found = new Map(rows.map(({ slot_name, lsn }) => [slot_name, parseLsn(lsn ?? '0/0')]));
    return new Map(this.streams.map(({ name, id }) => [name, found.get(slotNameFor(name, id)) ?? 0n]));
  }
  async query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.pool.query<R>(text, values)).rows;
  }

  /** I7: none of these arrived after its slot was seen beyond it. */
  confirmedTooEarly(stream: string, first: readonly TimedArrival[]): string[] {
    return first.flatMap(({ eventId, at }) => {
      const commit = commitOf(eventId);
      const early = this.samples.find((sample) => sample.at < at && (sample.confirmed.get(stream) ?? 0n) > commit);
      return early ? [`I7: ${stream}: event ${eventId} arrived ${at - early.at} ms after its slot was confirmed beyond it`] : [];
    });
  }
  nextCycle(): void {
    this.samples = [];
  }
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.pool.end().catch(() => undefined);
  }

  private async look(): Promise<void> {
    const confirmed = await this.slots();
    this.samples.push({ at: Date.now(), confirmed });
    const senders = await this.query<{ application_name: string }>(
      `SELECT application_name FROM pg_stat_replication WHERE state IN ('streaming', 'catchup')`,
    );
    for (const { name, id } of this.streams) {
      const epochs = senders.flatMap(({ application_name }) => {
        const [, stream, epoch] = application_name.split(':');
        return stream === id ? [BigInt(epoch ?? 0)] : [];
      });
      if (epochs.length > 1) this.problems.push(`I10: ${name} has ${epochs.length} walsenders, epochs ${epochs.join(', ')}`);
      const latest = this.epochs.get(name) ?? 0n;
      for (const epoch of epochs) {
        if (epoch < latest) this.problems.push(`I10: ${name}: epoch ${epoch} streams after epoch ${latest}`);
        else this.epochs.set(name, epoch);
      }
    }
  }
  private memory(): void {
    const worker = this.workerPid();
    if (worker === null) return;
    for (const { stream, rss } of pipelinesOf(worker)) {
      this.peakRss = Math.max(this.peakRss, rss);
      if (rss > RSS_CAP) this.problems.push(`I8: ${stream} holds ${Math.round(rss / 1024 / 1024)} MB`);
    }
  }
}

/** I12: reads a growing log and tells of secrets in what came since the last time, and in what other users may see of processes. */
export class CanaryWatch {
  private read = 0;
  constructor(
    private readonly file: string,
    private readonly secrets: ReadonlyMap<string, string>,
  ) {}

  problems(pipelines: readonly number[]): string[] {
    // A little of before: a secret may lie across two readings.
    const from = Math.max(0, this.read - 200);
    this.read = statSync(this.file).size;
    const fresh = Buffer.alloc(this.read - from);
    const file = openSync(this.file, 'r');
    readSync(file, fresh, 0, fresh.length, from);
    closeSync(file);
    return [...this.secrets].flatMap(([name, secret]) => [
      ...(fresh.includes(secret) ? [`I12: ${name} is in the worker's log`] : []),
      ...(pipelines.some((pid) => visibleOf(pid).includes(secret)) ? [`I12: ${name} is in arguments or environment of a pipeline`] : []),
    ]);
  }
}
