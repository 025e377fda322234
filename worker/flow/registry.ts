import type { FlowSpec } from '@/core/spec/flow';
import { createDebeziumEnvelope } from './debezium-envelope';
import { createDelta } from './delta';
import type { Flow, FlowContext } from './flow';
import { createNakadiEvent } from './nakadi-event';
import { createOutbox } from './outbox';

/** Makes the flow that a spec names. */
export function createFlow(spec: FlowSpec, context: FlowContext): Flow {
  switch (spec.type) {
    case 'DebeziumEnvelope':
      return createDebeziumEnvelope(spec, context);
    case 'Outbox':
      return createOutbox(spec, context);
    case 'Delta':
      return createDelta(spec);
    case 'PostgresWalToGenericNakadiEvent':
      return createNakadiEvent(spec);
  }
}
