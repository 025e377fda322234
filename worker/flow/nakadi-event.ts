import { DEBEZIUM_DEFAULTS, type NakadiEventSpec } from '@/core/spec/flow';
import { type Change, type Tuple, UNCHANGED } from '@/worker/source/source';
import { changeMessage } from './change-message';
import type { Flow, FlowResult } from './flow';
import { type RowEncoder, rowEncodersIn } from './row-encoder';
import { jsonString } from './value/json-text';

/** Values as JSON consumers without a schema read them: digits kept as text, times in ISO 8601, nothing for what was not sent. */
const MODES = { ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string', timePrecisionMode: 'isostring', unchangedToast: 'omit' } as const;
const DATA_OPS = { c: 'C', u: 'U', d: 'D', r: 'S' } as const;

/**
 * Nakadi's events, as FES' flow of this name makes them. With a payload column (an outbox): its JSON object is the event, bytes untouched.
 * Without one: data change events, `{"data_op", "data_type", "data"}`. The sink adds Nakadi's `metadata` by the category of the event type.
 */
export function createNakadiEvent({ payloadColumn }: NakadiEventSpec): Flow {
  const rowsOf = rowEncodersIn(MODES);
  return {
    transform(change) {
      if (change.position.boundary || change.op === 'm' || change.op === 't') return filtered('only changes of rows make Nakadi events');
      const rows = rowsOf(change.relation);
      return payloadColumn === null ? dataChange(change, rows) : fromPayload(change, rows, payloadColumn);
    },
    keyOf: (change) => keyOf(change, rowsOf(change.relation)),
  };
}

function fromPayload(change: Change, rows: RowEncoder, name: string): FlowResult {
  if (change.op === 'd') return filtered('a row deleted from an outbox makes no event');
  const index = change.relation.columns.findIndex((column) => column.name === name);
  if (index < 0) throw new Error(`the table has no column "${name}", which payloadColumn names`);
  let text = change.after?.[index];
  if (text === UNCHANGED && change.beforeKind === 'full') text = change.before?.[index];
  if (text === UNCHANGED)
    throw new Error(`the value of "${name}" was not sent: it is out of line and did not change. Use REPLICA IDENTITY FULL`);
  if (text === null || text === undefined) throw new Error(`the payload column "${name}" is null`);
  if (!isObject(text)) throw new Error(`the payload column "${name}" does not hold a JSON object`);
  return { kind: 'events', events: [changeMessage(change, 0, change.op, keyOf(change, rows), Buffer.from(text))] };
}

function dataChange(change: Change, rows: RowEncoder): FlowResult {
  const { before, after, beforeKind, op, relation } = change;
  const full = beforeKind === 'full' ? before : null;
  const make = (number: number, as: 'c' | 'u' | 'd' | 'r', key: string | null, data: string) =>
    changeMessage(
      change,
      number,
      as,
      key,
      Buffer.from(`{"data_op":"${DATA_OPS[as]}","data_type":${jsonString(`${relation.schema}.${relation.table}`)},"data":${data}}`),
    );
  const deleted = (row: Tuple, number: number) => {
    const key = rows.key(row, null);
    // Of a row that was not sent whole, the key is all that is known.
    return make(number, 'd', key, beforeKind === 'full' || key === null ? rows.row(row, null) : key);
  };
  if (op === 'd') {
    if (before === null) throw new Error('a delete without an old row cannot be made into an event');
    return { kind: 'events', events: [deleted(before, 0)] };
  }
  if (after === null) throw new Error(`an event of operation ${op} without a new row cannot be made into an event`);
  const key = keyOf(change, rows);
  const old = before !== null && (beforeKind === 'full' || rows.identityHoldsKey) ? rows.key(before, null) : null;
  if (op === 'u' && before !== null && key !== null && old !== null && old !== key) {
    return { kind: 'events', events: [deleted(before, 0), make(1, 'c', key, rows.row(after, full))] };
  }
  return { kind: 'events', events: [make(0, op === 'r' ? 'r' : op === 'u' ? 'u' : 'c', key, rows.row(after, full))] };
}

/** An old row that holds the key holds it whole, also where it is out of line and was not sent again. */
function keyOf({ before, beforeKind, after }: Change, rows: RowEncoder): string | null {
  const row = after ?? before;
  return row && rows.key(row, beforeKind === 'full' || rows.identityHoldsKey ? before : null);
}

function filtered(reason: string): FlowResult {
  return { kind: 'filtered', reason };
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
