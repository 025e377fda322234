import type { LastEventDto } from '@/core/dto/stream';
import type { LedgerTotals } from '@/worker/pipeline/assignment';
import type { PipelineStats } from '@/worker/pipeline/messages';
import type { StatusWrite } from './catalog/statuses';

const LAST_EVENTS = 20;
/** A pipeline reports every second; without a report for this long its rate is not known to go on, so it is 0. */
const SILENT_MS = 5_000;

/** A count at a time; ms. */
export interface CountAt {
  readonly at: number;
  readonly decoded: number;
  readonly delivered: number;
}

/** Events per second between two counts: never negative, 0 when no time has passed. */
export function ratesBetween(older: CountAt, newer: CountAt): { readonly decodedPerSec: number; readonly deliveredPerSec: number } {
  const seconds = (newer.at - older.at) / 1000;
  if (seconds <= 0) return { decodedPerSec: 0, deliveredPerSec: 0 };
  const rate = (from: number, to: number) => Math.round((Math.max(0, to - from) / seconds) * 100) / 100;
  return { decodedPerSec: rate(older.decoded, newer.decoded), deliveredPerSec: rate(older.delivered, newer.delivered) };
}

interface Figure {
  pid: number | null;
  readonly epoch: number;
  readonly startedAt: Date;
  latest: PipelineStats | null;
  latestAt: number;
  totals: LedgerTotals;
  written: CountAt;
  rates: { decodedPerSec: number; deliveredPerSec: number };
  lastEvents: LastEventDto[];
}

/** The latest figures of each pipeline of this worker, in memory until the next batched write. Times in ms. */
export class Figures {
  readonly #figures = new Map<string, Figure>();

  started(streamId: string, run: { pid: number | null; epoch: number; totals: LedgerTotals }, now: number): void {
    const lastEvents = this.#figures.get(streamId)?.lastEvents ?? [];
    this.#figures.set(streamId, {
      ...run,
      startedAt: new Date(now),
      latest: null,
      latestAt: now,
      written: { at: now, decoded: run.totals.decoded, delivered: run.totals.delivered },
      rates: { decodedPerSec: 0, deliveredPerSec: 0 },
      lastEvents,
    });
  }

  report(streamId: string, stats: PipelineStats, now: number): void {
    const figure = this.#figures.get(streamId);
    if (!figure) return;
    figure.latest = stats;
    figure.latestAt = now;
    figure.totals = stats.totals;
    figure.lastEvents = [...stats.lastEvents, ...figure.lastEvents].slice(0, LAST_EVENTS);
  }

  /** The process is gone; its last totals are still written once more and are what the next one starts from. */
  stopped(streamId: string): void {
    const figure = this.#figures.get(streamId);
    if (figure) figure.pid = null;
  }

  forget(streamId: string): void {
    this.#figures.delete(streamId);
  }

  /** Totals of the latest run; null when this worker has not run the stream. */
  totals(streamId: string): LedgerTotals | null {
    return this.#figures.get(streamId)?.totals ?? null;
  }

  current(streamId: string): { lagMs: number | null; deliveredPerSec: number } {
    const figure = this.#figures.get(streamId);
    if (!figure || figure.pid === null) return { lagMs: null, deliveredPerSec: 0 };
    return { lagMs: figure.latest?.lagMs ?? null, deliveredPerSec: figure.rates.deliveredPerSec };
  }

  /** The position that the latest report called settled; null when none has come. */
  confirmedLsn(streamId: string): string | null {
    return this.#figures.get(streamId)?.latest?.confirmedLsn ?? null;
  }

  /** Rows of the initial snapshot that were settled; null when no pipeline of this worker has reported. */
  snapshotRows(streamId: string): number | null {
    return this.#figures.get(streamId)?.latest?.snapshotRows ?? null;
  }

  /** Events read and not settled; null when no pipeline of this worker runs or it has not reported yet. */
  inFlightEvents(streamId: string): number | null {
    const figure = this.#figures.get(streamId);
    return figure && figure.pid !== null ? (figure.latest?.inFlightEvents ?? null) : null;
  }

  /** What to write now. Moves the base of the rates on. */
  take(now: number): StatusWrite[] {
    return [...this.#figures].map(([streamId, figure]) => {
      const count: CountAt = { at: figure.latestAt, decoded: figure.totals.decoded, delivered: figure.totals.delivered };
      if (count.at > figure.written.at) {
        figure.rates = ratesBetween(figure.written, count);
        figure.written = count;
      } else if (now - count.at > SILENT_MS) figure.rates = { decodedPerSec: 0, deliveredPerSec: 0 };
      const { latest, totals } = figure;
      const alive = figure.pid !== null;
      return {
        streamId,
        pid: figure.pid,
        epoch: figure.epoch,
        startedAt: figure.startedAt.toISOString(),
        confirmedLsn: latest?.confirmedLsn ?? null,
        receivedLsn: latest?.receivedLsn ?? null,
        lagMs: alive && latest?.lagMs != null ? Math.min(2 ** 31 - 1, Math.round(latest.lagMs)) : null,
        inFlightEvents: alive ? (latest?.inFlightEvents ?? 0) : 0,
        inFlightBytes: alive ? (latest?.inFlightBytes ?? 0) : 0,
        rssBytes: alive ? (latest?.rssBytes ?? null) : null,
        decodedPerSec: alive ? figure.rates.decodedPerSec : 0,
        deliveredPerSec: alive ? figure.rates.deliveredPerSec : 0,
        ...totals,
        snapshotDone: latest?.snapshotRows ?? null,
        snapshotTotal: latest?.snapshotTotal ?? null,
        snapshotPerSec: alive ? (latest?.snapshotPerSec ?? 0) : 0,
        snapshotWaitsFor: alive ? (latest?.snapshotWaitsFor ?? null) : null,
        lastEvents: figure.lastEvents.length > 0 ? figure.lastEvents : null,
        spilledBytes: latest?.spill.bytes ?? 0,
        spilledOldestAt: latest?.spill.oldestAt ? new Date(latest.spill.oldestAt).toISOString() : null,
        spilledInPerSec: alive ? (latest?.spill.inPerSec ?? 0) : 0,
        spilledOutPerSec: alive ? (latest?.spill.outPerSec ?? 0) : 0,
      };
    });
  }
}
