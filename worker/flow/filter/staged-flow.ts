import { messageOf, SpillwayError } from '@/core/errors';
import type { StreamSpec } from '@/core/spec/stream-spec';
import type { Change } from '@/worker/source/source';
import type { Flow } from '../flow';
import { columnChanger } from './columns';
import { createFilter } from './filter';

/**
 * The flow behind the filter and the transform of columns that the spec names; the flow itself where it names none. The filter sees values as
 * they are, the flow and what it routes by only as they may be sent. `tell` hears why changes are left out. Rejects with `invalid_input` when an expression does not compile.
 */
export async function stagedFlow(
  flow: Flow,
  { filter, transform }: Pick<StreamSpec, 'filter' | 'transform'>,
  tell: (text: string) => void = () => undefined,
): Promise<Flow> {
  if (!filter && !transform) return flow;
  const passes = filter ? await createFilter(filter).catch(refuse) : () => null;
  const columns = transform ? columnChanger(transform) : (change: Change) => change;
  const leftOut = reasonCounter(tell);
  return {
    transform(change, nowUs) {
      const reason = passes(change);
      if (reason === null) return flow.transform(columns(change), nowUs);
      leftOut(reason);
      return { kind: 'filtered', reason };
    },
    keyOf: (change) => flow.keyOf(columns(change)),
  };
}

/** Tells of the first change that is left out for a reason, and of each tenth, hundredth … : a log that does not grow with the traffic. */
function reasonCounter(tell: (text: string) => void): (reason: string) => void {
  const counts = new Map<string, number>();
  return (reason) => {
    const count = (counts.get(reason) ?? 0) + 1;
    counts.set(reason, count);
    if (/^10*$/.test(String(count))) tell(`left out ${count} ${count === 1 ? 'change' : 'changes'} since the start: ${reason}`);
  };
}

function refuse(thrown: unknown): never {
  throw new SpillwayError('invalid_input', `the filter does not compile: ${messageOf(thrown)}`, {
    remedy: 'Correct the filter of the stream.',
  });
}
