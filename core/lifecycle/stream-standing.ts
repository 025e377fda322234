import { type DesiredState, isLive, STATE_FACES, type StreamState, type Tone } from './stream-state';

/** What it takes to say whether a stream needs somebody. */
export interface Standing {
  readonly state: StreamState;
  readonly openLetters: number;
  readonly walBudgetBytes: number | null;
  /** Null when no pipeline ever reported; `stale` when it has not for a while. */
  readonly figures: { readonly retainedBytes: number | null; readonly stale: boolean } | null;
}

/** Above this share of its WAL budget a stream is worth a look before it is worth a page. */
export const BUDGET_NOTICE_SHARE = 0.8;

/** Share of the WAL budget that is used; null where either is unknown. */
export function budgetShare(stream: Pick<Standing, 'walBudgetBytes' | 'figures'>): number | null {
  const retained = stream.figures?.retainedBytes;
  if (retained === null || retained === undefined || !stream.walBudgetBytes) return null;
  return retained / stream.walBudgetBytes;
}

/** The tone of retained WAL against the budget. */
export function budgetTone(share: number): Tone {
  if (share >= 1) return 'danger';
  return share >= BUDGET_NOTICE_SHARE ? 'attention' : 'neutral';
}

/** The worker should report about this stream and does not. */
export function isSilent(stream: Pick<Standing, 'state' | 'figures'>): boolean {
  return isLive(stream.state) && stream.state !== 'provisioning' && (stream.figures?.stale ?? false);
}

/** Something is wrong with it, by its state. */
export function isTroubled({ state }: Pick<Standing, 'state'>): boolean {
  return (
    state === 'retrying' || state === 'spilling' || state === 'draining' || (STATE_FACES[state].tone === 'danger' && state !== 'rejected')
  );
}

/** It retains so much WAL that its budget is near or passed. */
export function nearsBudget(stream: Pick<Standing, 'walBudgetBytes' | 'figures'>): boolean {
  return (budgetShare(stream) ?? 0) >= BUDGET_NOTICE_SHARE;
}

/** It wants a person now. */
export function wantsAttention(stream: Standing): boolean {
  return isTroubled(stream) || isSilent(stream) || nearsBudget(stream) || stream.openLetters > 0;
}

/** Trouble on top, then what waits, then what runs, then what is over. */
export function urgencyRank(stream: Standing): number {
  const { tone } = STATE_FACES[stream.state];
  if (isTroubled(stream)) return tone === 'danger' ? 0 : 1;
  if (isSilent(stream) || nearsBudget(stream)) return 1;
  if (stream.openLetters > 0) return 2;
  if (tone === 'attention' || tone === 'danger') return 3;
  return isOver(stream.state) ? 5 : 4;
}

export function isOver(state: StreamState): boolean {
  return state === 'retired' || state === 'retiring';
}

/** What the worker is about to do because a person asked for it; null when it has been done. */
export function transitionOf(state: StreamState, desired: DesiredState): string | null {
  if (desired === 'retired' && !isOver(state)) return 'retiring…';
  if (desired === 'paused' && isLive(state)) return 'pausing…';
  if (desired === 'running' && state === 'paused') return 'resuming…';
  return null;
}
