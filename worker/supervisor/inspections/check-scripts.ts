import { type FieldProblem, SpillwayError } from '@/core/errors';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { createConversion } from '@/worker/flow/conversion-registry';

/** Whether the scripts among the conversions can be run, by field; a mistake is named with its line. A sandbox that cannot be started is not the spec's fault. */
export async function checkScripts({ conversions = [] }: Pick<StreamSpec, 'conversions'>, signal: AbortSignal): Promise<FieldProblem[]> {
  const checked = conversions.map(async (spec, index): Promise<FieldProblem[]> => {
    if (spec.type !== 'Script') return [];
    const conversion = await createConversion(spec, { streamName: '', targets: {} });
    try {
      await conversion.open(signal);
      return [];
    } catch (thrown) {
      const problems = thrown instanceof SpillwayError && thrown.kind === 'sink_misconfigured' ? (thrown.detail.problems ?? []) : [];
      return problems.map((problem) => ({ ...problem, field: `conversions.${index}.${problem.field}` }));
    } finally {
      await conversion.close();
    }
  });
  return (await Promise.all(checked)).flat();
}
