import { messageOf, SpillwayError } from '@/core/errors';
import type { StreamSpec } from '@/core/spec/stream-spec';
import type { Change } from '@/worker/source/source';
import type { Flow } from '../flow';
import { columnChanger } from './columns';
import { createFilter } from './filter';

/**
 * The flow behind the filter and the transform of columns that the spec names; the flow itself where it names none. The filter sees values as
 * they are, the flow and what it routes by only as they may be sent. Rejects with `invalid_input` when an expression does not compile.
 */
export async function stagedFlow(flow: Flow, { filter, transform }: Pick<StreamSpec, 'filter' | 'transform'>): Promise<Flow> {
  if (!filter && !transform) return flow;
  const passes = filter ? await createFilter(filter).catch(refuse) : () => null;
  const columns = transform ? columnChanger(transform) : (change: Change) => change;
  return {
    transform(change, nowUs) {
      const reason = passes(change);
      return reason === null ? flow.transform(columns(change), nowUs) : { kind: 'filtered', reason };
    },
    keyOf: (change) => flow.keyOf(columns(change)),
  };
}

function refuse(thrown: unknown): never {
  throw new SpillwayError('invalid_input', `the filter does not compile: ${messageOf(thrown)}`, {
    remedy: 'Correct the filter of the stream.',
  });
}
