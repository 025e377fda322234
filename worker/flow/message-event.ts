import { type Change, eventId } from '@/worker/source/source';
import type { OutboundEvent } from './flow';
import type { RowEncoder } from './row-encoder';
import { jsonString } from './value/json-text';

const NO_HEADERS = Object.freeze({});

/**
 * A logical message as Debezium writes it (LogicalDecodingMessageMonitor): `{op, ts_ms, source, message: {prefix, content}}`, key
 * `{prefix}`, content by `binary.handling.mode`.
 */
export function messageEvent(change: Change, rows: RowEncoder, source: string, nowMs: string): OutboundEvent {
  const row = change.after ?? [];
  return event(change, 'message', rows.key(row, null), `{"op":"m","ts_ms":${nowMs},"source":${source},"message":${rows.row(row, null)}}`);
}

/** BEGIN or END of a transaction as Debezium writes it (`provide.transaction.metadata`), key `{id}`. Consumers tell it by `status`. */
export function transactionEvent(change: Change): OutboundEvent {
  const [id, status, count, collections, timeMs] = (change.after ?? []).map((value) => (typeof value === 'string' ? value : null));
  const quotedId = jsonString(id ?? '');
  const value = `{"status":${jsonString(status ?? '')},"id":${quotedId},"event_count":${count ?? 'null'},"data_collections":${collections ?? 'null'},"ts_ms":${timeMs ?? 'null'}}`;
  return event(change, 'transaction', `{"id":${quotedId}}`, value);
}

function event(change: Change, table: string, key: string | null, value: string): OutboundEvent {
  return {
    id: eventId(change.position),
    position: change.position,
    op: change.op,
    schema: change.relation.schema,
    table,
    key,
    payload: Buffer.from(value),
    contentType: 'application/json',
    headers: NO_HEADERS,
    commitTimeUs: change.transaction?.commitTimeUs ?? null,
  };
}
