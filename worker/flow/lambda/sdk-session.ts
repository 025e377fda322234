import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { SdkHandler } from '@/worker/network/sdk-handler';
import type { LambdaSession } from './lambda-port';

/**
 * A session on Amazon's own client. This file is imported when a stream needs it, not before. The delivery loop owns retries: a call
 * that the SDK repeats by itself would run the function twice (`maxAttempts: 1`).
 */
export function openSdkSession(config: SinkTargetConfigOf<'AwsLambda'>, secret: string | null, requestHandler: SdkHandler): LambdaSession {
  const client = new LambdaClient({
    region: config.region,
    maxAttempts: 1,
    requestHandler,
    ...(config.endpoint ? { endpoint: config.endpoint } : {}),
    ...(config.credentials.type === 'static'
      ? { credentials: { accessKeyId: config.credentials.accessKeyId, secretAccessKey: secret ?? '' } }
      : {}),
  });
  return {
    async invoke(FunctionName, Payload, abortSignal) {
      const answer = await client.send(new InvokeCommand({ FunctionName, InvocationType: 'RequestResponse', Payload }), { abortSignal });
      return { payload: answer.Payload ?? new Uint8Array(), functionError: answer.FunctionError ?? null };
    },
    async dryRun(FunctionName, abortSignal) {
      await client.send(new InvokeCommand({ FunctionName, InvocationType: 'DryRun' }), { abortSignal });
    },
    close: () => client.destroy(),
  };
}
