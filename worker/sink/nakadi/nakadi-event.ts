import { createHash } from 'node:crypto';
import type { OutboundEvent } from '@/worker/flow/flow';

/** Category of an event type: what its events have to hold beside their own schema. */
export type Category = 'data' | 'business' | 'undefined';

export interface EventTypeFacts {
  readonly category: Category;
  /** Cleanup policy `compact` or `compact_and_delete`: each event needs a partition_compaction_key, and otherwise may have none. */
  readonly compacted: boolean;
}

/** An event that cannot be sent to this event type; the message says why, without row data. */
export class NoNakadiEvent extends Error {
  override readonly name = 'NoNakadiEvent';
}

/** Namespace of our event ids, made once: a random UUID. */
const NAMESPACE = Buffer.from('5e0ffb7d0f6b4f0c9d3a6b7c2f1d8e94', 'hex');

/** The id of an event as Nakadi wants it: UUID version 5 (RFC 9562), the same for every repeat of the event. */
export function eidOf(eventId: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(eventId).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * The text of an event as it is posted. Where the category asks for `metadata` and the payload brings none, eid and occurred_at (commit
 * time; for rows read from the table, now) are put in front; all other bytes stay. Throws NoNakadiEvent.
 */
export function bodyOf(event: OutboundEvent, payload: Buffer, { category, compacted }: EventTypeFacts, nowMs: number): Buffer {
  const text = payload.toString('utf8');
  const parsed = objectIn(text);
  if (category === 'undefined' || Object.hasOwn(parsed, 'metadata')) return payload;
  if (compacted && event.key === null) {
    throw new NoNakadiEvent('the event type is compacted by key, and the event has none');
  }
  const metadata = {
    eid: eidOf(event.id),
    occurred_at: new Date(event.commitTimeUs === null ? nowMs : Number(event.commitTimeUs / 1000n)).toISOString(),
    ...(compacted ? { partition_compaction_key: event.key } : {}),
  };
  const rest = text.slice(text.indexOf('{') + 1);
  const comma = Object.keys(parsed).length === 0 ? '' : ',';
  return Buffer.from(`{"metadata":${JSON.stringify(metadata)}${comma}${rest}`);
}

function objectIn(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new NoNakadiEvent('the event is not a JSON object');
}
