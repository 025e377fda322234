import { type Change, eventId, type Op } from '@/worker/source/source';
import type { OutboundEvent } from './flow';

const NO_HEADERS = Object.freeze({});

/** The message `number` (from 0) that a flow without routes of its own makes of a change; further ones have the first one's id with their number. */
export function changeMessage(
  change: Change,
  number: number,
  op: Op,
  key: string | null,
  payload: Buffer | null,
  headers: OutboundEvent['headers'] = NO_HEADERS,
): OutboundEvent {
  const { position, relation, transaction } = change;
  const id = eventId(position);
  return {
    id: number === 0 ? id : `${id}.${number}`,
    position,
    op,
    schema: relation.schema,
    table: relation.table,
    key,
    payload,
    contentType: 'application/json',
    headers,
    commitTimeUs: transaction?.commitTimeUs ?? null,
  };
}
