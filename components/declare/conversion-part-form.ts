import type { ConversionSpec, ConversionType } from '@/core/spec/conversion';
import { CONVERSION_TYPES } from '@/core/spec/conversion-types';
import type { AwsLambdaConversionSpec } from '@/core/spec/lambda-conversion';
import type { ScriptConversionSpec } from '@/core/spec/script-conversion';
import { SCRIPT_DEFAULTS } from '@/core/spec/script-example';
import { oneOf, record, sameTypes } from './typed';

/** A conversion as typed: figures are text until they are some. */
type Typed<S> = { readonly [F in keyof S]: S[F] extends number ? number | string : S[F] };
export type LambdaForm = Typed<AwsLambdaConversionSpec>;
export type ConversionForm = LambdaForm | Typed<ScriptConversionSpec>;

const NEW: { readonly [T in ConversionType]: Extract<ConversionSpec, { type: T }> } = {
  AwsLambdaConversion: { type: 'AwsLambdaConversion', target: '', lambdaFunctionArn: '', maxBatchEvents: 100, timeoutMs: 15_000 },
  Script: SCRIPT_DEFAULTS,
};

/** A conversion to begin with. `targets`: registered targets of type AwsLambda; the only one is chosen. */
export function newConversion(type: ConversionType, targets: readonly string[]): ConversionForm {
  const [only, ...more] = targets;
  return type === 'AwsLambdaConversion' ? { ...NEW[type], target: more.length === 0 ? (only ?? '') : '' } : NEW[type];
}

/** The spec's `conversions`, valid or not; absent where there are none. */
export function conversionsOf(forms: readonly ConversionForm[]): { conversions?: readonly ConversionForm[] } {
  return forms.length > 0 ? { conversions: forms } : {};
}

/** The conversions that a draft kept. */
export function readConversionsPart(stored: unknown): ConversionForm[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((each): ConversionForm[] => {
    const typed = record(each);
    const type = oneOf(CONVERSION_TYPES, typed.type);
    if (!type) return [];
    const figures = Object.entries(NEW[type]).flatMap(([name, sample]) =>
      typeof sample === 'number' && typeof typed[name] === 'string' ? [[name, typed[name]]] : [],
    );
    return [{ ...NEW[type], ...sameTypes(NEW[type], typed), ...Object.fromEntries(figures) }];
  });
}

/** The list with one of it changed, moved to another place, or taken out. */
export function withChange(forms: readonly ConversionForm[], index: number, change: Partial<ConversionForm>): ConversionForm[] {
  return forms.map((form, at) => (at === index ? ({ ...form, ...change } as ConversionForm) : form));
}
export function withMoved(forms: readonly ConversionForm[], index: number, by: -1 | 1): ConversionForm[] {
  const moved = forms[index];
  if (!moved || !forms[index + by]) return [...forms];
  return forms.toSpliced(index, 1).toSpliced(index + by, 0, moved);
}

/** In the words of a summary: `Lambda function shape, script of 12 lines`. Empty without any. */
export function conversionWords(forms: readonly ConversionForm[]): string {
  return forms.map(nameOfConversion).join(', then ');
}

export function nameOfConversion(form: ConversionForm): string {
  if (form.type === 'AwsLambdaConversion') {
    const name = form.lambdaFunctionArn.split(':').slice(6).join(':');
    return name ? `Lambda function ${name}` : 'Lambda function';
  }
  const lines = form.code.trimEnd().split('\n').length;
  return `${form.language === 'typescript' ? 'TypeScript' : 'JavaScript'} of ${lines} ${lines === 1 ? 'line' : 'lines'}`;
}
