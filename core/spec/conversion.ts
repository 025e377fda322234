import * as z from 'zod';
import { awsLambdaConversion } from './lambda-conversion';
import { scriptConversion } from './script-conversion';

/** Work done elsewhere than in the pipeline's own thread on events that a flow made, before the sink has them. */
export const conversionSpec = z.discriminatedUnion('type', [awsLambdaConversion, scriptConversion]);
export type ConversionSpec = z.infer<typeof conversionSpec>;
export type ConversionType = ConversionSpec['type'];

/** A chain, in the order in which events pass through it. */
export const conversionChain = z.array(conversionSpec).min(1, 'leave conversions out, or name one').max(4, 'at most 4 in a chain');

/** Why a spec may not have conversions; null when it may. */
export function conversionRefusal(sink: {
  readonly type: string;
  readonly delivery?: string | undefined;
  readonly format?: string | undefined;
}): string | null {
  if (sink.type !== 'Kafka') return null;
  if ((sink.format ?? 'json') !== 'json') return 'leave conversions out, or choose format json: what a conversion makes has no schema';
  if (sink.delivery !== 'exactly_once') return null;
  return 'leave conversions out, or choose delivery at_least_once: what a conversion did is not part of the transaction in Kafka';
}

/** Registered sink targets that a chain needs, beside the sink's own. */
export function conversionTargets(conversions: readonly ConversionSpec[] | undefined): string[] {
  return (conversions ?? []).flatMap((each) => (each.type === 'AwsLambdaConversion' ? [each.target] : []));
}
