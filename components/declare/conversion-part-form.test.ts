import { expect, it } from 'vitest';
import { ORDERS } from '@/core/spec/fixture';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { conversionWords, newConversion, withChange, withMoved } from './conversion-part-form';
import { checkForm } from './form-check';
import { conversionCostWords } from './preview-cost';
import { readForm } from './read-form';
import { EMPTY_FORM, formOf, specOf } from './spec-form';
import { problemsIn } from './steps';
import { reduce, startState } from './wizard-state';
import { yamlEdit, yamlText } from './wizard-yaml';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:shape';
const spec: StreamSpec = {
  applicationId: 'orders',
  source: ORDERS,
  flow: EMPTY_FORM.flow,
  conversions: [
    { type: 'AwsLambdaConversion', target: 'functions', lambdaFunctionArn: ARN, maxBatchEvents: 50, timeoutMs: 20_000 },
    {
      type: 'Script',
      language: 'javascript',
      code: 'export default (event) => event;\n',
      timeoutMs: 10,
      memoryMb: 16,
      deterministic: true,
    },
  ],
  sink: { type: 'Kafka', target: 'broker', topic: 't', partitions: 1, tombstones: true },
  recovery: { type: 'None' },
};

it('a chain goes through the form, a draft and YAML as it is', () => {
  const form = formOf(spec);
  expect(specOf(form)).toMatchObject({ conversions: spec.conversions });
  expect(readForm(JSON.parse(JSON.stringify(form))).conversions).toEqual(spec.conversions);
  expect(checkForm(form)).toMatchObject({ ok: true, spec: { conversions: spec.conversions } });
  const state = reduce(startState('t'), yamlEdit(yamlText({ yaml: null, form })));
  expect(state.form.conversions).toEqual(spec.conversions);
  expect(conversionWords(form.conversions)).toBe('Lambda function shape, then JavaScript of 1 line');
  expect(conversionWords([])).toBe('');
  expect(specOf({ ...form, conversions: [] })).not.toHaveProperty('conversions');
});

it('links are added with the only account, changed, moved and taken out', () => {
  const one = newConversion('AwsLambdaConversion', ['functions']);
  expect(one).toMatchObject({ target: 'functions', lambdaFunctionArn: '' });
  expect(newConversion('AwsLambdaConversion', ['a', 'b'])).toMatchObject({ target: '' });
  const script = newConversion('Script', []);
  const changed = withChange([one, script], 0, { lambdaFunctionArn: ARN });
  expect(changed).toMatchObject([{ lambdaFunctionArn: ARN }, { type: 'Script' }]);
  expect(withMoved(changed, 0, 1).map(({ type }) => type)).toEqual(['Script', 'AwsLambdaConversion']);
  expect(withMoved(changed, 0, -1)).toEqual(changed);
  const state = reduce(startState('t'), { type: 'conversions', conversions: changed });
  expect(state.form.conversions).toBe(changed);
});

it('what is missing is named in plain words, in the step where it is mended', () => {
  const form = { ...formOf(spec), conversions: [{ ...newConversion('AwsLambdaConversion', []), maxBatchEvents: 'many', timeoutMs: '' }] };
  const check = checkForm(form as ReturnType<typeof formOf>);
  if (check.ok) throw new Error('must not be valid');
  expect(problemsIn('events', check.problems).map(({ field, remedy }) => `${field}: ${remedy}`)).toEqual([
    'conversions.0.target: choose a sink target of type AWS Lambda',
    expect.stringContaining('conversions.0.lambdaFunctionArn: give the whole ARN'),
    'conversions.0.maxBatchEvents: give a whole number from 1 to 1000',
    'conversions.0.timeoutMs: give a whole number of milliseconds',
  ]);
  expect(readForm({ conversions: [7, { type: 'Sieve' }, { type: 'Script', code: 1, timeoutMs: '9' }] }).conversions).toEqual([
    { ...newConversion('Script', []), timeoutMs: '9' },
  ]);
});

it('bytes in and out of conversions and their time are one line', () => {
  const message = { output: '', bytes: 40, headers: {} };
  expect(conversionCostWords(648, { messages: [message, message], microseconds: 12_400 })).toBe('648 B in, 80 B out, 12.40 ms');
});
