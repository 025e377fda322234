import { DELTA_DEFAULTS, type DeltaSpec, guessDelta } from '@/core/spec/delta-flow';
import { DEBEZIUM_DEFAULTS, type FlowSpec, type FlowType, flowSpec, NAKADI_DEFAULTS } from '@/core/spec/flow';
import {
  type AdditionalField,
  guessOutbox,
  OP_INVALID_BEHAVIORS,
  OUTBOX_DEFAULTS,
  type OutboxSpec,
  PLACEMENTS,
} from '@/core/spec/outbox-flow';
import { oneOf, record, sameTypes, text } from './typed';

/** What a new stream starts with: Debezium's default for numeric is base64 that needs a schema, and JSON comes without one. */
export const EMPTY_FLOW: FlowSpec = { ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string' };
export const FLOW_TYPES = ['DebeziumEnvelope', 'Outbox', 'Delta', 'PostgresWalToGenericNakadiEvent'] as const satisfies readonly FlowType[];

/** A flow of this type as it is first shown, its fields guessed from the columns of the table. */
export function flowOfType(type: FlowType, columns: readonly { readonly name: string; readonly type: string }[]): FlowSpec {
  switch (type) {
    case 'DebeziumEnvelope':
      return EMPTY_FLOW;
    case 'Outbox':
      return guessOutbox(columns);
    case 'Delta':
      return guessDelta(columns);
    case 'PostgresWalToGenericNakadiEvent': {
      const isOutbox = columns.length === 0 || columns.some(({ name }) => name === NAKADI_DEFAULTS.payloadColumn);
      return isOutbox ? NAKADI_DEFAULTS : { ...NAKADI_DEFAULTS, payloadColumn: null };
    }
  }
}

/** The flow of a draft. Fields of text come back as they were typed, right or wrong. */
export function readFlowPart(stored: unknown): FlowSpec {
  const whole = flowSpec.safeParse(stored);
  if (whole.success) return whole.data;
  const typed = record(stored);
  switch (oneOf(FLOW_TYPES, typed.type)) {
    case 'Outbox':
      return readOutbox(typed);
    case 'Delta':
      return readDelta(typed);
    case 'PostgresWalToGenericNakadiEvent':
      return { ...NAKADI_DEFAULTS, payloadColumn: text(typed.payloadColumn, '') };
    default:
      return EMPTY_FLOW;
  }
}

function readOutbox(typed: Record<string, unknown>): OutboxSpec {
  const { fieldsAdditionalPlacement: fields, fieldEventTimestamp, opInvalidBehavior } = typed;
  return {
    ...OUTBOX_DEFAULTS,
    ...sameTypes(OUTBOX_DEFAULTS, typed),
    fieldsAdditionalPlacement: Array.isArray(fields) ? fields.map((field) => readPlacement(record(field))) : [],
    ...(typeof fieldEventTimestamp === 'string' ? { fieldEventTimestamp } : {}),
    opInvalidBehavior: oneOf(OP_INVALID_BEHAVIORS, opInvalidBehavior) ?? OUTBOX_DEFAULTS.opInvalidBehavior,
  };
}

function readPlacement({ field, placement, alias }: Record<string, unknown>): AdditionalField {
  return {
    field: text(field, ''),
    placement: oneOf(PLACEMENTS, placement) ?? 'header',
    ...(typeof alias === 'string' ? { alias } : {}),
  };
}

function readDelta(typed: Record<string, unknown>): DeltaSpec {
  const names = (['aggregateIdField', 'versionField', 'eventTimeField'] as const).flatMap((field) =>
    typeof typed[field] === 'string' ? [[field, typed[field]]] : [],
  );
  return { ...DELTA_DEFAULTS, ...Object.fromEntries(names) };
}
