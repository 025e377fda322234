import type { DebeziumEnvelopeSpec } from '@/core/spec/flow';
import type { Change, Op, Tuple } from '@/worker/source/source';
import { changeMessage } from './change-message';
import { createEnvelopeBytes, type WrittenEnvelope } from './debezium-envelope-bytes';
import type { Flow, FlowContext, FlowResult, OutboundEvent } from './flow';
import { messageEvent, transactionEvent } from './message-event';
import { type RowEncoder, rowEncodersIn } from './row-encoder';
import { createSourceBlock, threeTimes } from './source-block';
import { transactionBlock } from './transaction-block';

const NO_HEADERS = Object.freeze({});

/**
 * Debezium's change event as JSON without schema (`schemas.enable=false`), so that its consumers work unchanged, in the handling modes
 * of the spec. Where it is deliberately different: docs/decisions/0007.
 */
export function createDebeziumEnvelope(spec: DebeziumEnvelopeSpec, context: FlowContext): Flow {
  const rowsOf = rowEncodersIn(spec);
  const sourceOf = createSourceBlock(context);
  const bytesOf = createEnvelopeBytes(spec, context);
  const blockOf = spec.transactionMetadata ? transactionBlock : () => 'null';
  return {
    transform(change, nowUs): FlowResult {
      if (change.position.boundary) return { kind: 'events', events: [transactionEvent(change)] };
      if (change.op === 'm') {
        return { kind: 'events', events: [messageEvent(change, rowsOf(change.relation), sourceOf(change, nowUs), threeTimes(nowUs).ms)] };
      }
      const written = change.wire && bytesOf(change, change.wire, nowUs);
      if (written) return { kind: 'events', events: asItCame(change, written, context.tombstones) };
      const middle = `,"source":${sourceOf(change, nowUs)},"transaction":${blockOf(change)},"op":"`;
      const now = threeTimes(nowUs);
      const tail = `","ts_ms":${now.ms},"ts_us":${now.us},"ts_ns":${now.ns}}`;
      const envelope: Envelope = (op, before, after) => Buffer.from(`{"before":${before},"after":${after}${middle}${op}${tail}`);
      return { kind: 'events', events: messages(change, rowsOf(change.relation), envelope, context.tombstones) };
    },
    keyOf(change) {
      const row = change.after ?? change.before;
      return row && newKey(change, row, rowsOf(change.relation));
    },
  };
}

function asItCame(change: Change, { key, payload }: WrittenEnvelope, tombstones: boolean): OutboundEvent[] {
  if (change.op !== 'd') return [changeMessage(change, 0, change.op, key, payload)];
  const make = messageMaker(change);
  return withTombstone(make, make('d', key, payload), tombstones);
}

type Envelope = (op: Op, before: string, after: string) => Buffer;

function messages(change: Change, rows: RowEncoder, envelope: Envelope, tombstones: boolean): OutboundEvent[] {
  const { op, before, after } = change;
  const make = messageMaker(change);
  if (op === 't') return [make(op, null, envelope(op, 'null', 'null'))];
  const old = oldKey(change, rows);
  if (op === 'd') {
    const row = required(before, 'a delete without an old row');
    return deletion(make, old, rows.row(row, null), envelope, tombstones, NO_HEADERS);
  }
  const row = required(after, `an event of operation ${op} without a new row`);
  const full = change.beforeKind === 'full' ? before : null;
  const key = newKey(change, row, rows);
  const afterJson = rows.row(row, full);
  if (op === 'u' && key !== null && old !== null && old !== key) {
    // A changed key is another row to everyone who reads by key: the old one ends, the new one begins.
    return [
      ...deletion(make, old, rows.row(required(before, 'a changed key without an old row'), null), envelope, tombstones, {
        '__debezium.newkey': key,
      }),
      make('c', key, envelope('c', 'null', afterJson), { '__debezium.oldkey': old }),
    ];
  }
  return [make(op, key, envelope(op, before ? rows.row(before, null) : 'null', afterJson))];
}

/** Key of the new row. An old row that holds the key holds it whole, also where it is out of line and was not sent again. */
function newKey({ before, beforeKind }: Change, row: Tuple, rows: RowEncoder): string | null {
  return rows.key(row, beforeKind === 'full' || rows.identityHoldsKey ? before : null);
}

/** Key of the old row where enough of it was sent to tell. */
function oldKey(change: Change, rows: RowEncoder): string | null {
  if (change.before === null) return null;
  return change.beforeKind === 'full' || rows.identityHoldsKey ? rows.key(change.before, null) : null;
}

type MessageMaker = (op: Op, key: string | null, payload: Buffer | null, headers?: Readonly<Record<string, string>>) => OutboundEvent;

function deletion(
  make: MessageMaker,
  key: string | null,
  before: string,
  envelope: Envelope,
  tombstones: boolean,
  headers: Readonly<Record<string, string>>,
): OutboundEvent[] {
  const event = make('d', key, envelope('d', before, 'null'), headers);
  return withTombstone(make, event, tombstones);
}

/** Without a key there is nothing for a compacted topic to forget. */
function withTombstone(make: MessageMaker, event: OutboundEvent, tombstones: boolean): OutboundEvent[] {
  return tombstones && event.key !== null ? [event, make('d', event.key, null, event.headers)] : [event];
}

/** Numbers the messages of one change: the first has the change's id, the others `.1`, `.2`. */
function messageMaker(change: Change): MessageMaker {
  let made = 0;
  return (op, key, payload, headers) => changeMessage(change, made++, op, key, payload, headers);
}

function required(tuple: Tuple | null, what: string): Tuple {
  if (tuple === null) throw new Error(`${what} cannot be made into a message`);
  return tuple;
}
