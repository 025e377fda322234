import { SpillwayError } from '@/core/errors';
import { type AwsLambdaConversionSpec, LAMBDA_PAYLOAD_BYTES, regionOfFunction } from '@/core/spec/lambda-conversion';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { PRIVATE_TOO, PUBLIC_ONLY, type Resolve } from '@/worker/network/address-policy';
import { guardedHandler } from '@/worker/network/sdk-handler';
import type { ConversionTarget } from '../conversion';
import type { OpenLambda } from './lambda-port';

/** A little more than a function may answer: one byte too many is for Lambda to refuse, not for us. */
const MAX_ANSWER_BYTES = LAMBDA_PAYLOAD_BYTES + 64 * 1024;

/** Sessions of a conversion's target. Throws sink_misconfigured when the two do not fit. */
export function sessionOn(spec: AwsLambdaConversionSpec, target: ConversionTarget | undefined, resolve?: Resolve): OpenLambda {
  const config = target?.config;
  if (!target || config?.type !== 'AwsLambda') {
    const is = config ? `is of type ${config.type}` : 'is not registered';
    throw new SpillwayError('sink_misconfigured', `The conversion wants a sink target of type AwsLambda, but ${spec.target} ${is}.`, {
      remedy: 'Choose a sink target of type AwsLambda.',
    });
  }
  const region = regionOfFunction(spec.lambdaFunctionArn);
  if (region !== config.region) {
    throw new SpillwayError('sink_misconfigured', `The function is in ${region}, and its sink target ${spec.target} in ${config.region}.`, {
      remedy: `Choose a sink target of type AwsLambda in ${region}.`,
    });
  }
  return lambdaSessions(config, target.secret, resolve);
}

/** Sessions with the credentials of a target; connects to nothing yet. Throws sink_misconfigured when they are not whole. */
export function lambdaSessions(config: SinkTargetConfigOf<'AwsLambda'>, secret: string | null, resolve?: Resolve): OpenLambda {
  if (config.credentials.type === 'static' && secret === null) {
    throw new SpillwayError('sink_misconfigured', `The access key ${config.credentials.accessKeyId} has no secret access key.`, {
      remedy: 'Type in the secret access key of the sink target.',
    });
  }
  const allowed = config.allowPrivateNetwork ? PRIVATE_TOO : PUBLIC_ONLY;
  return async () => (await import('./sdk-session')).openSdkSession(config, secret, guardedHandler(allowed, resolve, MAX_ANSWER_BYTES));
}
