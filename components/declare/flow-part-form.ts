import { guessDelta } from '@/core/spec/delta-defaults';
import type { FlowSpec, FlowType } from '@/core/spec/flow';
import { DEBEZIUM_DEFAULTS, NAKADI_DEFAULTS } from '@/core/spec/flow-defaults';
import { guessOutbox } from '@/core/spec/outbox-defaults';

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
