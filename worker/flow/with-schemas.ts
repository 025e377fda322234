import type { DebeziumEnvelopeSpec, FlowSpec } from '@/core/spec/flow';
import type { Change, Relation } from '@/worker/source/source';
import type { EventSchemas, Flow } from './flow';
import { columnSchemasIn } from './schema/column-schema';
import { envelopeSchemas, messageSchemas, TRANSACTION_SCHEMAS } from './schema/envelope-schema';

/** A flow whose events say what their key and payload are like, derived once per relation; only Debezium's envelope can. */
export function withSchemas(flow: Flow, spec: FlowSpec, logicalName: string): Flow {
  if (spec.type !== 'DebeziumEnvelope') return flow;
  const schemasOf = schemasIn(spec, logicalName);
  return {
    ...flow,
    transform(change, nowUs) {
      const result = flow.transform(change, nowUs);
      if (result.kind !== 'events') return result;
      const schemas = schemasOf(change);
      return { kind: 'events', events: result.events.map((event) => ({ ...event, schemas })) };
    },
  };
}

function schemasIn(spec: DebeziumEnvelopeSpec, logicalName: string): (change: Change) => EventSchemas {
  const columnSchema = columnSchemasIn(spec);
  const known = new WeakMap<Relation, EventSchemas>();
  const message = messageSchemas(columnSchema({ typeName: 'bytea', typeModifier: -1 }));
  return ({ position, op, relation }) => {
    if (position.boundary) return TRANSACTION_SCHEMAS;
    if (op === 'm') return message;
    let schemas = known.get(relation);
    if (!schemas) {
      schemas = envelopeSchemas(relation, logicalName, columnSchema);
      known.set(relation, schemas);
    }
    return schemas;
  };
}
