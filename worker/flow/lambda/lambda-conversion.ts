import { SpillwayError } from '@/core/errors';
import { type AwsLambdaConversionSpec, LAMBDA_PAYLOAD_BYTES } from '@/core/spec/lambda-conversion';
import type { Resolve } from '@/worker/network/address-policy';
import { withDeadline } from '@/worker/network/deadline';
import type { DeliveryError } from '@/worker/sink/sink';
import type { Conversion, ConversionContext, Converted, ConvertibleEvent } from '../conversion';
import { callErrorOf, functionErrorOf, openErrorOf } from './error-class';
import type { LambdaSession } from './lambda-port';
import { readAnswer, requestOf } from './records';
import { sessionOn } from './session-on';

/** Room in a request for the id of an event and what stands around it. */
const ID_BYTES = 160;

/**
 * Sends events to a Lambda function, as `{"records":[{"id","change"}]}`, and goes on with the `data` that it answers.
 *
 * Guarantee: at-least-once. An invocation of which no answer came is repeated with the same ids, so a function should answer the same for
 * the same record. Order is that of the records; what a function does beside its answer (writing somewhere itself) has no order.
 */
export function createLambdaConversion(
  spec: AwsLambdaConversionSpec,
  { targets }: Pick<ConversionContext, 'targets'>,
  resolve?: Resolve,
): Conversion {
  const { lambdaFunctionArn: arn, maxBatchEvents, timeoutMs } = spec;
  const place = `Lambda function ${arn.split(':').slice(6).join(':')}`;
  const makeSession = sessionOn(spec, targets[spec.target], resolve);
  let session: LambdaSession | null = null;
  let found = false;

  async function invoke(batch: readonly ConvertibleEvent[], signal: AbortSignal): Promise<readonly Converted[]> {
    try {
      session ??= await makeSession();
      const live = session;
      const answer = await withDeadline(signal, timeoutMs, (inner) => live.invoke(arn, requestOf(batch), inner));
      if (answer.functionError === null) return readAnswer(batch, answer.payload, place);
      return allFailed(batch, functionErrorOf(answer, place, batch.length));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return allFailed(batch, callErrorOf(error, place, batch.length));
    }
  }

  return {
    limits: {
      maxBatchEvents,
      maxBatchBytes: LAMBDA_PAYLOAD_BYTES - maxBatchEvents * ID_BYTES,
      maxEventBytes: LAMBDA_PAYLOAD_BYTES - maxBatchEvents * ID_BYTES,
    },

    async open(signal) {
      if (found) return;
      try {
        session ??= await makeSession();
        const live = session;
        await withDeadline(signal, timeoutMs, (inner) => live.dryRun(arn, inner));
        found = true;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw error instanceof SpillwayError ? error : openErrorOf(error, place);
      }
    },

    async convert(batch, signal) {
      signal.throwIfAborted();
      return batch.length === 0 ? [] : invoke(batch, signal);
    },

    async close() {
      session?.close();
      session = null;
      found = false;
    },
  };
}

function allFailed(batch: readonly ConvertibleEvent[], error: DeliveryError): Converted[] {
  return batch.map(() => ({ kind: 'failed', error }));
}
