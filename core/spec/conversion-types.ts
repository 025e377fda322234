import type { ConversionType } from './conversion';

/** Apart from the schemas, so that a form can offer them before it loads what checks it. */
export const CONVERSION_TYPES = ['AwsLambdaConversion', 'Script'] as const satisfies readonly ConversionType[];
