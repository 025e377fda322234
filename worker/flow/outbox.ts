import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import type { OutboxSpec } from '@/core/spec/outbox-flow';
import { MAX_ROUTE_VALUE, topicRouter } from '@/core/spec/topic-route';
import { type Change, eventId, type Tuple } from '@/worker/source/source';
import type { Flow, FlowContext, FlowResult, OutboundEvent } from './flow';
import { messageEvent } from './message-event';
import { type OutboxValue, outboxRowsOf } from './outbox-row';
import { rowEncodersIn } from './row-encoder';
import { createSourceBlock, threeTimes } from './source-block';

/** Debezium's defaults but for numbers, which would be base64. */
const MODES = { ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string' } as const;
const NOTICE_EVERY_US = 3_600_000_000n;

/**
 * Debezium's outbox event router (transforms.outbox.EventRouter): each inserted row is an event of its own, its payload the message, its
 * aggregate id the key, routed by a column. Where it is deliberately different: docs/decisions/0018.
 */
export function createOutbox(spec: OutboxSpec, context: FlowContext): Flow {
  const rowOf = outboxRowsOf(spec, MODES);
  const messageRowsOf = rowEncodersIn(MODES);
  const sourceOf = createSourceBlock(context);
  const route = topicRouter(spec.routeTopicRegex, spec.routeTopicReplacement);
  const noticed = new Map<string, bigint>();

  /** At most once an hour. */
  function notice(level: 'warn' | 'error', text: string, nowUs: bigint): void {
    const before = noticed.get(text);
    if (before !== undefined && nowUs - before < NOTICE_EVERY_US) return;
    noticed.set(text, nowUs);
    context.notice?.(level, text);
  }

  function updated({ relation }: Change, nowUs: bigint): FlowResult {
    const reason = `a row of the outbox ${relation.schema}.${relation.table} was updated; only inserted rows are events`;
    if (spec.opInvalidBehavior === 'fatal') throw new Error(reason);
    notice(spec.opInvalidBehavior, reason, nowUs);
    return filtered(reason);
  }

  function inserted(change: Change, after: Tuple): OutboundEvent {
    const row = rowOf(change.relation);
    const id = eventId(change.position);
    const routed = routeOf(row.route(after));
    const payload = row.payload(after);
    const empty = payload === null || payload.text.trim() === '';
    const envelope = row.extras.filter(({ placement }) => placement === 'envelope');
    const written = payload === null ? 'null' : spec.expandJsonPayload ? expanded(payload) : payload.json;
    const value =
      envelope.length === 0
        ? written
        : `{"payload":${written}${envelope.map(({ name, of }) => `,${JSON.stringify(name)}:${of(after)?.json ?? 'null'}`).join('')}}`;
    const headers: Record<string, string> = { id: headerOf(row.id(after)) ?? id, 'spillway.topic': routed };
    for (const { placement, name, of } of row.extras) {
      const text = placement === 'header' ? headerOf(of(after)) : null;
      if (text !== null) headers[name] = text;
    }
    const eventTimeMs = row.timeMs(after);
    return {
      id,
      position: change.position,
      op: change.op,
      schema: change.relation.schema,
      table: change.relation.table,
      key: row.key(after)?.json ?? null,
      payload: empty && spec.routeTombstoneOnEmptyPayload ? null : Buffer.from(value),
      contentType: 'application/json',
      headers,
      commitTimeUs: change.transaction?.commitTimeUs ?? null,
      routed,
      ...(eventTimeMs === null ? {} : { eventTimeMs }),
    };
  }

  function routeOf(value: OutboxValue | null): string {
    if (value === null) throw new Error(`the column "${spec.routeByField}", which routeByField names, is NULL`);
    if (value.text.length > MAX_ROUTE_VALUE) throw new Error(`the value of "${spec.routeByField}" is longer than any topic name`);
    return route(value.text);
  }

  return {
    transform(change, nowUs) {
      const { op, after, relation } = change;
      if (change.position.boundary) return filtered('the ends of a transaction are no events of an outbox');
      if (op === 'd') return filtered('a row deleted from an outbox makes no event');
      if (op === 't') return filtered('emptying an outbox makes no event');
      if (op === 'u') return updated(change, nowUs);
      // Debezium passes on what is no change of a row, as it is.
      if (op === 'm') {
        const rows = messageRowsOf(relation);
        return { kind: 'events', events: [messageEvent(change, rows, sourceOf(change, nowUs), threeTimes(nowUs).ms)] };
      }
      if (after === null) throw new Error(`an event of operation ${op} without a new row cannot be made into an event`);
      return { kind: 'events', events: [inserted(change, after)] };
    },
    keyOf({ op, relation, after, before }) {
      const row = after ?? before;
      if (op === 'm' || row === null) return null;
      return rowOf(relation).key(row)?.json ?? null;
    },
  };
}

/** JSON text as it stands, byte for byte; what is none stays a string, as with Debezium. */
function expanded({ text, json }: OutboxValue): string {
  if (!text.startsWith('{') && !text.startsWith('[')) return json;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return json;
  }
}

/** The value as a header has it: text without quotes. */
function headerOf(value: OutboxValue | null): string | null {
  if (value === null) return null;
  return value.json.startsWith('"') ? String(JSON.parse(value.json)) : value.json;
}

function filtered(reason: string): FlowResult {
  return { kind: 'filtered', reason };
}
