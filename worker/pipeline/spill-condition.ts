import { formatBytes } from '@/core/postgres/wal-budget';
import { type Condition, catalogCondition } from './condition';
import type { Spill } from './spill';

/** The latest look at a stream's slot, bytes; null when nobody has looked. */
export interface RetainedWal {
  readonly retainedBytes: number | null;
  readonly budgetBytes: number | null;
}

/** What a stream that spills has to say; `down` = why its sink takes nothing, null when it does. Null when the buffer is no matter. */
export function spillCondition(spill: Spill, down: Condition | null): Condition | null {
  if (!spill.diverting) {
    const why = spill.refusal ?? spill.barred;
    if (!down || why === null) return null;
    const detail = { ...down.detail, spill: spill.refusal === null ? 'full' : 'refused' };
    return { ...down, reason: `${withoutStop(down.reason)}. Events are not spilled: ${why}`, detail };
  }
  if (spill.fault) return { ...catalogCondition(`${spill.fault.message}; nothing is confirmed meanwhile`, spill.fault.since) };
  if (spill.full || spill.barred) {
    const why = spill.full ? `The buffer of this stream is full (${formatBytes(spill.held.bytes)})` : sentenceOf(spill.barred ?? '');
    const reason = `${why}: nothing more is spilled, and the slot retains WAL again`;
    const { errorKind, detail } = down ?? {};
    return { state: 'retrying', reason, ...(errorKind ? { errorKind } : {}), detail: { ...detail, spill: 'full' } };
  }
  if (down) return { ...down, state: 'spilling', reason: `${withoutStop(down.reason)}. Events go to the durable buffer in order` };
  if (spill.reason !== 'wal_budget' || !spill.urgent) return null;
  const reason = 'The WAL budget is used up and delivery cannot keep up: events go through the durable buffer in order';
  return { state: 'spilling', reason, detail: { spill: 'wal_budget' } };
}

export function drainingCondition(): Condition {
  return { state: 'draining', reason: 'The sink takes events again: those of the durable buffer go first, in order', detail: {} };
}

/** Words of a sink may be a sentence already. */
function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}

function sentenceOf(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
