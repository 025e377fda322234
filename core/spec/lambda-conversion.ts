import * as z from 'zod';
import { slug } from './names';

/** One invocation's payload in each direction, bytes (Lambda's quota for synchronous invocations). */
export const LAMBDA_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** A function's ARN, with or without a version or alias. */
const ARN =
  /^arn:aws[a-z-]*:lambda:([a-z]{2}(?:-[a-z]+)+-\d{1,2}):\d{12}:function:[A-Za-z0-9_-]{1,64}(?::(?:\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

/** Sends batches of events to a Lambda function and goes on with what it answers. The names are those of FabricEventStream manifests. */
export const awsLambdaConversion = z.strictObject({
  type: z.literal('AwsLambdaConversion'),
  /** Name of a registered sink target of type AwsLambda: region and credentials. */
  target: slug,
  lambdaFunctionArn: z.string().regex(ARN, 'give the whole ARN, as in arn:aws:lambda:eu-central-1:123456789012:function:name'),
  /** Events per invocation. */
  maxBatchEvents: z.int().min(1, 'at least 1').max(1_000, 'at most 1,000').default(100),
  /** How long one invocation may take, ms. Less than the function's own timeout never ends it there. */
  timeoutMs: z.int().min(1_000, 'at least 1,000 ms').max(60_000, 'at most 60,000 ms').default(15_000),
});
export type AwsLambdaConversionSpec = z.infer<typeof awsLambdaConversion>;

/** The region that an ARN names; null when it is none. */
export function regionOfFunction(arn: string): string | null {
  return ARN.exec(arn)?.[1] ?? null;
}
