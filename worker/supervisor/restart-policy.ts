import { ERROR_CATALOGUE, type ErrorKind } from '@/core/error-catalogue';
import type { WaitsFor } from './reconcile';

/** Milliseconds. */
export const FIRST_DELAY_MS = 1_000;
export const LONGEST_DELAY_MS = 60_000;
/** A pipeline that ran this long before it failed starts counting anew. */
export const HEALTHY_AFTER_MS = 60_000;

/** What is remembered of a stream's failures. Times in ms of the worker's monotonic clock. */
export interface RestartState {
  readonly failures: number;
  readonly startedAt: number | null;
  readonly nextTryAt: number;
  /** Set when only a person's act (restart, revision, pause and resume, retirement) may bring the next try. */
  readonly waitsFor: WaitsFor | null;
}

export const FRESH: RestartState = { failures: 0, startedAt: null, nextTryAt: 0, waitsFor: null };

/** May this stream be started (or provisioned, or retired) now? */
export function mayTry(state: RestartState, now: number, present: WaitsFor): boolean {
  if (state.waitsFor) return acted(state.waitsFor, present);
  return now >= state.nextTryAt;
}

/** Forgets back-off and waiting when a person acted since. */
export function refresh(state: RestartState, present: WaitsFor, lastSeen: WaitsFor): RestartState {
  return acted(state.waitsFor ?? lastSeen, present) ? FRESH : state;
}

export function started(state: RestartState, now: number): RestartState {
  return { ...state, startedAt: now, waitsFor: null };
}

/** After a failure: waits 1, 2, 4 … 60 s, or for a person when trying again cannot mend it. */
export function failed(state: RestartState, kind: ErrorKind, now: number, present: WaitsFor): RestartState {
  if (ERROR_CATALOGUE[kind].retry !== 'timed') return { failures: state.failures + 1, startedAt: null, nextTryAt: now, waitsFor: present };
  const healthy = state.startedAt !== null && now - state.startedAt >= HEALTHY_AFTER_MS;
  const failures = healthy ? 1 : state.failures + 1;
  return { failures, startedAt: null, nextTryAt: now + delayAfter(failures), waitsFor: null };
}

/** Milliseconds to wait after so many failures in a row. */
export function delayAfter(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(20, Math.max(0, failures - 1)));
}

function acted(since: WaitsFor, present: WaitsFor): boolean {
  return since.restartNonce !== present.restartNonce || since.revisionId !== present.revisionId || since.desired !== present.desired;
}
