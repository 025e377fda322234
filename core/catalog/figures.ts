import type { FailoverVerdictDto, SlotVerdictDto } from '@/core/dto/slot';
import type { LastEventDto, StreamFiguresDto } from '@/core/dto/stream';
import { toIso, toNumber } from './values';

/** A pipeline reports every 2 s through the supervisor; older than this is stale. */
export const STALE_AFTER_MS = 15_000;

interface StatusRow {
  readonly pid: number | null;
  readonly epoch: bigint | null;
  readonly startedAt: Date | null;
  readonly reportedAt: Date;
  readonly confirmedLsn: string | null;
  readonly receivedLsn: string | null;
  readonly lagMs: number | null;
  readonly lagBytes: bigint | null;
  readonly retainedBytes: bigint | null;
  readonly inFlightEvents: number;
  readonly inFlightBytes: bigint;
  readonly rssBytes: bigint | null;
  readonly decodedPerSec: number;
  readonly deliveredPerSec: number;
  readonly decoded: bigint;
  readonly delivered: bigint;
  readonly filtered: bigint;
  readonly deadLettered: bigint;
  readonly parked: bigint;
  readonly ignored: bigint;
  readonly spilled: bigint;
  readonly spilledBytes: bigint;
  readonly spilledOldestAt: Date | null;
  readonly spilledInPerSec: number;
  readonly spilledOutPerSec: number;
  readonly snapshotDone: bigint;
  readonly snapshotTotal: bigint | null;
}

export const STATUS_COLUMNS = {
  pid: true,
  epoch: true,
  startedAt: true,
  reportedAt: true,
  confirmedLsn: true,
  receivedLsn: true,
  lagMs: true,
  lagBytes: true,
  retainedBytes: true,
  inFlightEvents: true,
  inFlightBytes: true,
  rssBytes: true,
  decodedPerSec: true,
  deliveredPerSec: true,
  decoded: true,
  delivered: true,
  filtered: true,
  deadLettered: true,
  parked: true,
  ignored: true,
  spilled: true,
  spilledBytes: true,
  spilledOldestAt: true,
  spilledInPerSec: true,
  spilledOutPerSec: true,
  snapshotDone: true,
  snapshotTotal: true,
} as const;

/** Figures of a pipeline as of `now` (ms of the portal's clock). */
export function toFigures(row: StatusRow | null, now: number): StreamFiguresDto | null {
  if (!row) return null;
  return {
    ...row,
    epoch: toNumber(row.epoch),
    startedAt: toIso(row.startedAt),
    reportedAt: toIso(row.reportedAt),
    stale: now - row.reportedAt.getTime() > STALE_AFTER_MS,
    lagBytes: toNumber(row.lagBytes),
    retainedBytes: toNumber(row.retainedBytes),
    inFlightBytes: toNumber(row.inFlightBytes),
    rssBytes: toNumber(row.rssBytes),
    decoded: toNumber(row.decoded),
    delivered: toNumber(row.delivered),
    filtered: toNumber(row.filtered),
    deadLettered: toNumber(row.deadLettered),
    parked: toNumber(row.parked),
    ignored: toNumber(row.ignored),
    spilled: toNumber(row.spilled),
    spilledBytes: toNumber(row.spilledBytes),
    spilledOldestAt: toIso(row.spilledOldestAt),
    snapshotDone: toNumber(row.snapshotDone),
    snapshotTotal: toNumber(row.snapshotTotal),
  };
}

/** The worker writes LastEventDto[] (worker/pipeline/messages.ts). */
export function toLastEvents(stored: unknown): LastEventDto[] {
  return Array.isArray(stored) ? (stored as LastEventDto[]) : [];
}

/** The worker writes SlotVerdictDto; what it last said counts only while it goes on looking. */
export function toVerdict(stored: unknown, observedAt: Date, now: number): SlotVerdictDto | null {
  if (typeof stored !== 'object' || stored === null) return null;
  if (now - observedAt.getTime() <= STALE_AFTER_MS) return stored as SlotVerdictDto;
  return {
    verdict: 'worker_down',
    sentence: 'Nobody has looked at this slot for a while: the worker is down, or cannot reach the source.',
  };
}

/** The worker writes FailoverVerdictDto; one that nobody renews says nothing of a failover now. */
export function toFailoverVerdict(stored: unknown, observedAt: Date, now: number): FailoverVerdictDto | null {
  if (typeof stored !== 'object' || stored === null) return null;
  return now - observedAt.getTime() <= STALE_AFTER_MS ? (stored as FailoverVerdictDto) : null;
}
