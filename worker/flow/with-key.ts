import { messageOf, SpillwayError } from '@/core/errors';
import { isRow } from './filter/filter';
import type { Flow } from './flow';

/**
 * A flow whose events of rows carry what the sink's expression makes of the row (`keyText`); the flow itself where there is none. A row that
 * it gives no key for is poison. Loads CEL. Rejects with `invalid_input` when the expression does not compile.
 */
export async function withKey(flow: Flow, expression: string | undefined): Promise<Flow> {
  if (expression === undefined) return flow;
  const { celKey } = await import('./cel-key');
  const keyTextOf = compiled(() => celKey(expression));
  return {
    ...flow,
    transform(change, nowUs) {
      const result = flow.transform(change, nowUs);
      if (result.kind !== 'events' || !isRow(change)) return result;
      return { kind: 'events', events: result.events.map((event) => ({ ...event, keyText: keyTextOf(event, change) })) };
    },
  };
}

function compiled<T>(compile: () => T): T {
  try {
    return compile();
  } catch (thrown) {
    throw new SpillwayError('invalid_input', `sink.key.expression does not compile: ${messageOf(thrown)}`, {
      remedy: 'Correct the key of the Kafka sink.',
    });
  }
}
