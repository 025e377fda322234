import { formatLsn, type Lsn } from '@/core/postgres/lsn';
import type { ExistingRows } from './existing-rows';
import type { InFlight } from './in-flight';
import type { Ledger } from './ledger';
import type { PipelineStats } from './messages';
import type { RequestedRows } from './requested-rows';
import type { RowFigures } from './row-figures';
import type { Spill } from './spill';
import type { DeliveryStats } from './stats';

interface Parts {
  readonly inFlight: InFlight;
  readonly stats: DeliveryStats;
  readonly ledger: Ledger;
  readonly pace: RowFigures;
  readonly rows: ExistingRows;
  readonly requested: RequestedRows;
  readonly spill: Spill;
}

/** A pipeline's figures as of now; `receivedLsn` = the latest that its source sent. */
export function figuresOf(parts: Parts, receivedLsn: Lsn): PipelineStats {
  const { inFlight, stats, ledger, pace, rows, requested, spill } = parts;
  const now = Date.now();
  return {
    at: now,
    confirmedLsn: formatLsn(inFlight.confirmed),
    receivedLsn: formatLsn(receivedLsn),
    lagMs: stats.lagMs(oldestUs(parts), now),
    inFlightEvents: inFlight.events,
    inFlightBytes: inFlight.bytes,
    rssBytes: process.memoryUsage.rss(),
    totals: ledger.read(inFlight.events),
    ...pace.read(rows, requested),
    lastEvents: stats.takeLast(),
    spill: { ...spill.held, ...spill.rates.read(now) },
  };
}

/** Commit time of the oldest change that is not delivered, microseconds; what is in the buffer is older than what is in flight. */
function oldestUs({ inFlight, spill }: Parts): bigint | null | undefined {
  const { oldestAt } = spill.held;
  if (oldestAt !== null) return BigInt(Math.trunc(oldestAt)) * 1000n;
  return inFlight.events > 0 ? inFlight.oldest?.commitTimeUs : null;
}
