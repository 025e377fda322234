import { DELTA_DEFAULTS } from '@/core/spec/delta-defaults';
import type { DeltaSpec } from '@/core/spec/delta-flow';
import { type FlowSpec, flowSpec } from '@/core/spec/flow';
import { NAKADI_DEFAULTS } from '@/core/spec/flow-defaults';
import { OP_INVALID_BEHAVIORS, OUTBOX_DEFAULTS, PLACEMENTS } from '@/core/spec/outbox-defaults';
import type { AdditionalField, OutboxSpec } from '@/core/spec/outbox-flow';
import { EMPTY_FLOW, FLOW_TYPES } from './flow-part-form';
import { oneOf, record, sameTypes, text } from './typed';

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
