import type { CheckStep } from '@/core/dto/inspection';
import { type FieldProblem, messageOf, SpillwayError } from '@/core/errors';
import type { AwsLambdaConversionSpec } from '@/core/spec/lambda-conversion';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { createConversion } from '@/worker/flow/conversion-registry';
import { sinkTargetByName } from '../catalog/sink-targets';
import { openSinkSecret } from '../connections';
import type { SampleContext } from './sample-conversions';

/** A form waits for the answer. */
const TIMEOUT_MS = 5_000;

interface Found {
  readonly problems: readonly FieldProblem[];
  readonly checks: readonly CheckStep[];
}

/**
 * Looks whether the functions among the conversions are there and may be invoked, without running them. A service that does not answer now is a
 * warning: the stream waits for it.
 */
export async function checkFunctions({ applicationId, conversions = [] }: StreamSpec, context: SampleContext): Promise<Found> {
  const found = await Promise.all(
    conversions.map(async (spec, index): Promise<Found> => {
      if (spec.type !== 'AwsLambdaConversion') return { problems: [], checks: [] };
      return checkFunction(spec, `conversions.${index}`, applicationId, context);
    }),
  );
  return { problems: found.flatMap(({ problems }) => problems), checks: found.flatMap(({ checks }) => checks) };
}

async function checkFunction(
  spec: AwsLambdaConversionSpec,
  at: string,
  streamName: string,
  { catalog, privateKey, signal, deadlineMs = TIMEOUT_MS }: SampleContext,
): Promise<Found> {
  const name = `Function ${spec.lambdaFunctionArn.split(':').slice(6).join(':')}`;
  const problem = (field: string, value: string, remedy: string): Found => ({
    problems: [{ field: `${at}.${field}`, value, remedy }],
    checks: [],
  });
  const target = await sinkTargetByName(catalog.query, spec.target);
  if (!target) return problem('target', spec.target, 'choose a registered sink target of type AwsLambda');
  if (target.config.type !== 'AwsLambda')
    return problem('target', spec.target, `"${spec.target}" is of type ${target.config.type}; choose a target of type AwsLambda`);
  try {
    const targets = { [spec.target]: { config: target.config, secret: openSinkSecret(target, privateKey) } };
    const conversion = await createConversion(spec, { streamName, targets });
    try {
      await conversion.open(AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]));
      return { problems: [], checks: [{ name, status: 'ok', finding: `It is there, and ${spec.target} may invoke it.` }] };
    } finally {
      await conversion.close();
    }
  } catch (thrown) {
    if (thrown instanceof SpillwayError && thrown.kind === 'sink_misconfigured')
      return problem('lambdaFunctionArn', spec.lambdaFunctionArn, `${thrown.message} ${thrown.detail.remedy ?? ''}`.trim());
    const remedy = 'A stream waits for its functions as for its sink: check the function, its sink target and the rights of its key.';
    return { problems: [], checks: [{ name, status: 'warning', finding: messageOf(thrown), remedy }] };
  }
}
