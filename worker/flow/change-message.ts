import { type Change, eventId, type Op } from '@/worker/source/source';
import type { OutboundEvent } from './flow';

const NO_HEADERS = Object.freeze({});

/** The message `number` (from 0) that a flow without headers or routes of its own makes of a change. */
export function changeMessage(change: Change, number: number, op: Op, key: string | null, payload: Buffer): OutboundEvent {
  const id = eventId(change.position);
  return {
    id: number === 0 ? id : `${id}.${number}`,
    position: change.position,
    op,
    schema: change.relation.schema,
    table: change.relation.table,
    key,
    payload,
    contentType: 'application/json',
    headers: NO_HEADERS,
    commitTimeUs: change.transaction?.commitTimeUs ?? null,
  };
}
