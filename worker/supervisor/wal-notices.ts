import type { SlotVerdictDto } from '@/core/dto/slot';
import type { StreamState } from '@/core/lifecycle/stream-state';
import { lsnDistance, parseLsn } from '@/core/postgres/lsn';
import { formatBytes } from '@/core/postgres/wal-budget';

const LEVELS = [100, 75, 50] as const;
/** Of what the server may keep for the slot: told before it is lost. */
const CAP_LEVELS = [90, 75, 50] as const;
/** Per cent of the budget by which retained WAL must fall under a level before that level is left: no flapping. */
const HYSTERESIS = 10;

/** The level (per cent of the budget) that retained WAL stands at: 0, 50, 75 or 100. Pure. */
export function walLevel(previous: number, retainedBytes: number, budgetBytes: number): number {
  return budgetBytes <= 0 ? 0 : levelOf(LEVELS, previous, (retainedBytes / budgetBytes) * 100);
}

/**
 * The level (0, 50, 75 or 90 per cent) of what max_slot_wal_keep_size lets the server keep for a slot that is used, by its
 * safe_wal_size. Pure.
 */
export function capLevel(previous: number, safeWalSize: number | null, capBytes: number | null): number {
  if (safeWalSize === null || !capBytes) return 0;
  return levelOf(CAP_LEVELS, previous, 100 - (safeWalSize / capBytes) * 100);
}

/** What is told when a slot's cap level changes; null when it fell. */
export function capSentence(previous: number, level: number, safeWalSize: number | null, capBytes: number | null): string | null {
  if (level <= previous || safeWalSize === null || !capBytes) return null;
  const left = formatBytes(Math.max(0, safeWalSize));
  return `the slot has used ${level} % of the WAL that the server may keep for it: ${left} of ${formatBytes(capBytes)} (max_slot_wal_keep_size) are left, then the slot is lost`;
}

function levelOf(levels: readonly number[], previous: number, percent: number): number {
  const risen = levels.find((level) => percent >= level) ?? 0;
  if (risen >= previous) return risen;
  return percent >= previous - HYSTERESIS ? previous : risen;
}

export function walSentence(level: number, retainedBytes: number, budgetBytes: number): string {
  const figures = `${formatBytes(retainedBytes)} of ${formatBytes(budgetBytes)}`;
  if (level === 0) return `retained WAL is back under half of its budget: ${figures}`;
  if (level >= 100) return `the WAL budget is used up: ${figures} retained`;
  return `retained WAL passed ${level} % of its budget: ${figures}`;
}

/** A change of a slot's wal_status that people should read about; null for the normal to and fro of reserved and extended. */
export function walStatusNotice(previous: string | null, present: string | null): string | null {
  if (previous === present || present === null) return null;
  if (present === 'unreserved') return 'the slot is past what the server may keep: it is lost at the next checkpoint unless it catches up';
  if (previous === 'unreserved' && present !== 'lost') return `the slot is safe again: its WAL is ${present}`;
  return null;
}

/** A slot that moves although its sink takes nothing: the sentence says where the events are. */
export function throughBuffer(verdict: SlotVerdictDto, state: StreamState): SlotVerdictDto {
  if (state !== 'spilling' && state !== 'draining') return verdict;
  const where = state === 'spilling' ? 'The sink is down: events go' : 'The sink is back: events still go';
  return { ...verdict, sentence: `${verdict.sentence} ${where} through the durable buffer, so the slot does not have to keep them.` };
}

/** The server as it was found on another timeline. */
export interface TimelineFinding {
  readonly timeline: number;
  /** `host:port` */
  readonly at: string;
  readonly currentLsn: string;
  readonly slotName: string;
  /** The stream's slot is there. */
  readonly there: boolean;
}

/**
 * A server that writes on another timeline was promoted after a failover, or restored. Null while it is the same. Says whether the
 * slot is there, and when the server stands before what this worker has settled: what was delivered from there on is not on it.
 */
export function timelineNotice(previous: number | null, found: TimelineFinding, settledLsn: string | null): string | null {
  if (previous === null || previous === found.timeline) return null;
  const slot = found.there ? `slot ${found.slotName} is there` : `slot ${found.slotName} is not there`;
  const changed = `the source writes on timeline ${found.timeline} instead of ${previous}, at ${found.at}: it was promoted after a failover, or restored. System identifier as recorded; ${slot}`;
  const ahead = settledLsn ? lsnDistance(parseLsn(settledLsn), parseLsn(found.currentLsn)) : 0;
  if (ahead === 0) return changed;
  return `${changed}. It stands at ${found.currentLsn}, before ${settledLsn}, up to which this stream has delivered: events of up to ${formatBytes(ahead)} of WAL are delivered that it does not have`;
}
