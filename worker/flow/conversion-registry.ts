import type { ConversionSpec } from '@/core/spec/conversion';
import type { Conversion, ConversionContext } from './conversion';

/**
 * Makes the conversion that a spec names; what runs it is loaded here and not before, so that other streams do not carry it. Connects to
 * nothing yet. Rejects with SpillwayError sink_misconfigured when spec and target do not fit.
 */
export async function createConversion(spec: ConversionSpec, context: ConversionContext): Promise<Conversion> {
  switch (spec.type) {
    case 'AwsLambdaConversion':
      return (await import('./lambda/lambda-conversion')).createLambdaConversion(spec, context);
    case 'Script':
      return (await import('./script/script-conversion')).createScriptConversion(spec, context);
  }
}
