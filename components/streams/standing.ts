import type { StreamRowDto } from '@/core/dto/stream';
import { isLive, STATE_FACES, type StreamState, type Tone } from '@/core/lifecycle/stream-state';

type Standing = Pick<StreamRowDto, 'state' | 'openLetters' | 'walBudgetBytes' | 'figures'>;

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

/** Why a stream wants a person now, most urgent first; null when it does not. */
export function concernOf(stream: Standing): string | null {
  const face = STATE_FACES[stream.state];
  if (face.tone === 'danger' || stream.state === 'retrying' || stream.state === 'spilling') return face.word.toLowerCase();
  if (isSilent(stream)) return 'not reported on';
  const share = budgetShare(stream);
  if (share !== null && share >= BUDGET_NOTICE_SHARE) return 'close to its WAL budget';
  return null;
}

/** Trouble on top, then what waits, then what runs, then what is over. */
export function urgencyRank(stream: Standing): number {
  const face = STATE_FACES[stream.state];
  if (face.tone === 'danger') return 0;
  if (concernOf(stream) !== null) return 1;
  if (stream.openLetters > 0) return 2;
  if (face.tone === 'attention') return 3;
  return isOver(stream.state) ? 5 : 4;
}

export function isOver(state: StreamState): boolean {
  return state === 'retired' || state === 'retiring';
}
