import { formatBytes } from './wal-budget';

/** What pg_replication_slots says of a slot's WAL. Sizes in bytes. */
export interface SlotWal {
  /** `wal_status`: reserved, extended, unreserved or lost; null when the slot reserves nothing. */
  readonly walStatus: string | null;
  /** Bytes until the slot is in danger; null when unlimited or lost. */
  readonly safeWalSize: number | null;
  /** `invalidation_reason` (Postgres 17 and later). */
  readonly invalidationReason: string | null;
  readonly retainedBytes: number | null;
  /** max_slot_wal_keep_size; null = unlimited. */
  readonly capBytes: number | null;
}

export type Health = 'ok' | 'notice' | 'warning' | 'danger' | 'lost';
export interface HealthVerdict {
  readonly health: Health;
  /** One sentence for the person reading it. */
  readonly sentence: string;
}

/** Sentences for `invalidation_reason` (Postgres docs, pg_replication_slots). */
const INVALIDATION: Readonly<Record<string, string>> = {
  wal_removed: 'The server removed WAL that this slot still needed: it had passed max_slot_wal_keep_size.',
  rows_removed: 'The server removed catalog rows that this slot still needed.',
  wal_level_insufficient: 'The server no longer runs with wal_level = logical.',
  idle_timeout: 'The slot was idle for longer than idle_replication_slot_timeout.',
};

/** Why a slot is lost, as one sentence. */
export function invalidationSentence(reason: string | null): string {
  return (reason && INVALIDATION[reason]) || 'The server invalidated this slot; its changes can no longer be read.';
}

/** Health of a slot by its WAL: notice at half of the cap, warning at a quarter left, danger at a tenth left. */
export function slotHealth(wal: SlotWal): HealthVerdict {
  if (wal.walStatus === 'lost' || wal.invalidationReason) return { health: 'lost', sentence: invalidationSentence(wal.invalidationReason) };
  if (wal.walStatus === 'unreserved') {
    return { health: 'danger', sentence: 'The slot is past its limit and is lost at the next checkpoint unless it catches up.' };
  }
  if (wal.safeWalSize === null || !wal.capBytes) {
    return { health: 'ok', sentence: `The server keeps all WAL this slot needs${wal.capBytes ? '.' : ', without a limit.'}` };
  }
  const left = Math.max(0, wal.safeWalSize) / wal.capBytes;
  const sentence = `${Math.round(Math.min(1, left) * 100)} % of the WAL that the server may keep for this slot is left.`;
  if (left <= 0.1) return { health: 'danger', sentence };
  if (left <= 0.25) return { health: 'warning', sentence };
  return { health: left <= 0.5 ? 'notice' : 'ok', sentence };
}

/** Two looks at a slot and its walsender, and who else holds WAL back. LSN comparisons are done by the caller. */
export interface SlotMotion {
  readonly active: boolean;
  readonly walStatus: string | null;
  readonly invalidationReason?: string | null;
  /** Bytes between confirmed_flush_lsn and the server's present LSN. */
  readonly lagBytes: number;
  readonly confirmedMoved: boolean;
  readonly restartMoved: boolean;
  readonly sentMoved: boolean;
  /** sent_lsn = write_lsn: everything sent was read by us. */
  readonly writeAtSent: boolean;
  /** The server spilled to disk or streamed decoded changes of this slot since the last look (pg_stat_replication_slots). */
  readonly decodedToDisk?: boolean;
  /** Bytes that the server has spilled for this slot so far. */
  readonly spillBytes?: number;
  /** Events that the pipeline has read and the sink has not taken; null when no pipeline reports. */
  readonly inFlightEvents?: number | null;
  /** Growth of lagBytes over the last looks (about 12 s); negative when it shrinks. */
  readonly lagGrowth?: number;
  /** Retained WAL; an open transaction explains nothing while this is small. */
  readonly retainedBytes?: number | null;
  /** People paused the stream: that nobody reads is what they asked for. */
  readonly paused?: boolean;
  /** The oldest transaction that has written something, or a prepared one. */
  readonly oldestTransaction: { readonly pid: number | null; readonly ageSeconds: number; readonly applicationName: string | null } | null;
}

export type MotionVerdict = 'caught_up' | 'moving' | 'worker_down' | 'open_transaction' | 'sink_slow' | 'decoding' | 'lost';

/** Lag below this is a stream that keeps up: one WAL page and what a checkpoint writes. */
const CAUGHT_UP_BYTES = 64 * 1024;
/** A transaction younger than this explains nothing yet. */
const OLD_TRANSACTION_SECONDS = 10;

/** Why a slot holds WAL: the worker, the sink, a long transaction or decoding. One verdict, one sentence. */
export function motionVerdict(motion: SlotMotion): { readonly verdict: MotionVerdict; readonly sentence: string } {
  const { lagBytes, inFlightEvents = null } = motion;
  if (motion.walStatus === 'lost' || motion.invalidationReason) {
    return { verdict: 'lost', sentence: invalidationSentence(motion.invalidationReason ?? null) };
  }
  if (!motion.active) return { verdict: 'worker_down', sentence: nobodyReads(motion.paused) };
  const pin = pinnedBy(motion);
  if (pin && (motion.confirmedMoved || lagBytes <= CAUGHT_UP_BYTES)) return { verdict: 'open_transaction', sentence: pin };
  if (lagBytes <= CAUGHT_UP_BYTES) return { verdict: 'caught_up', sentence: 'The stream keeps up with the server.' };
  const behind = formatBytes(lagBytes);
  if (isDecoding(motion)) {
    const spilled = motion.spillBytes ? `; it has spilled ${formatBytes(motion.spillBytes)} to disk for this slot so far` : '';
    return {
      verdict: 'decoding',
      sentence: `The server is decoding a large transaction, or WAL that this stream does not publish: ${behind} to go${spilled}.`,
    };
  }
  const waiting = inFlightEvents ? `${inFlightEvents.toLocaleString('en-US')} events wait for it` : 'it has not taken what the server sent';
  if (!motion.confirmedMoved) return { verdict: 'sink_slow', sentence: `The sink holds the stream up: ${waiting}, ${behind} behind.` };
  if (inFlightEvents !== null && inFlightEvents > 0 && (motion.lagGrowth ?? 0) > CAUGHT_UP_BYTES) {
    return { verdict: 'sink_slow', sentence: `The sink is slower than the table is written: ${waiting}, ${behind} behind and growing.` };
  }
  return { verdict: 'moving', sentence: `The stream is ${behind} behind and catching up.` };
}

function nobodyReads(paused: boolean | undefined): string {
  if (paused === undefined) return 'Nothing reads this slot: the worker is down or the stream is paused.';
  return paused ? 'Nothing reads this slot: the stream is paused.' : 'Nothing reads this slot: its pipeline is down.';
}

/** Sentence about the transaction that pins restart_lsn; null when none does. */
function pinnedBy({ oldestTransaction: old, restartMoved, retainedBytes = null }: SlotMotion): string | null {
  if (!old || old.ageSeconds < OLD_TRANSACTION_SECONDS || restartMoved) return null;
  if (retainedBytes !== null && retainedBytes <= CAUGHT_UP_BYTES) return null;
  const who = old.pid === null ? 'a prepared transaction' : `process ${old.pid}${old.applicationName ? ` (${old.applicationName})` : ''}`;
  return `A transaction of ${who}, open for ${Math.round(old.ageSeconds)} s, makes the server keep WAL; the stream itself keeps up.`;
}

/** Nothing arrives although all that was sent is read, or the server works on disk, and the sink owes nothing. */
function isDecoding({ confirmedMoved, sentMoved, writeAtSent, decodedToDisk, inFlightEvents = null }: SlotMotion): boolean {
  if (confirmedMoved || (inFlightEvents !== null && inFlightEvents > 0)) return false;
  return decodedToDisk === true || (!sentMoved && writeAtSent);
}
