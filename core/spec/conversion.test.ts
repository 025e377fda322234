import { expect, it } from 'vitest';
import { conversionTargets } from './conversion';
import { problemsOf } from './problems';
import { streamSpec } from './stream-spec';
import { parseStreamYaml, printStreamYaml } from './stream-yaml';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:shape';
const stream = (conversions: unknown, sink: object = { type: 'Kafka', target: 'broker', topic: 't' }) => ({
  applicationId: 'orders',
  source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: 'orders' } },
  flow: { type: 'DebeziumEnvelope' },
  conversions,
  sink,
  recovery: { type: 'None' },
});
const problems = (spec: object) => {
  const parsed = streamSpec.safeParse(spec);
  return parsed.success ? [] : problemsOf(parsed.error, spec).map(({ field, remedy }) => `${field}: ${remedy}`);
};

it('a chain goes through YAML and back as it is, in its order', () => {
  const chain = [
    { type: 'AwsLambdaConversion', target: 'functions', lambdaFunctionArn: `${ARN}:live` },
    { type: 'Script', language: 'javascript', code: 'export default (event) => event;\n// ä "quoted"\n' },
  ];
  const parsed = parseStreamYaml(printStreamYaml(stream(chain)));
  expect(parsed).toMatchObject({ ok: true, spec: { conversions: [{ ...chain[0], maxBatchEvents: 100, timeoutMs: 15_000 }, chain[1]] } });
  if (!parsed.ok) return;
  expect(parseStreamYaml(printStreamYaml(parsed.spec))).toEqual(parsed);
  expect(conversionTargets(parsed.spec.conversions)).toEqual(['functions']);
  expect(problems(stream(undefined))).toEqual([]);
});

it('names the field, and what to do about it', () => {
  const lambda = { type: 'AwsLambdaConversion', target: 'functions', lambdaFunctionArn: ARN };
  expect(problems(stream([{ ...lambda, lambdaFunctionArn: 'shape', timeoutMs: 5 }]))).toEqual([
    'conversions.0.lambdaFunctionArn: give the whole ARN, as in arn:aws:lambda:eu-central-1:123456789012:function:name',
    'conversions.0.timeoutMs: at least 1,000 ms',
  ]);
  expect(problems(stream([]))).toEqual(['conversions: leave conversions out, or name one']);
  expect(problems(stream([lambda, lambda, lambda, lambda, lambda]))).toEqual(['conversions: at most 4 in a chain']);
  expect(problems(stream([lambda], { type: 'Kafka', target: 'broker', topic: 't', delivery: 'exactly_once' }))).toEqual([
    'conversions: leave conversions out, or choose delivery at_least_once: what a conversion did is not part of the transaction in Kafka',
  ]);
});
