import { expect, it } from 'vitest';
import { newManifest, printManifest } from './export-manifest';
import { ALL, changed, documentOf, entryOf, imported, there } from './fixture';
import { importManifests } from './import-manifest';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:shape:live';
const manifest = (flow: string, sink = '{ type: SqsFifo, queueName: q }') => `
apiVersion: zalando.org/v1
kind: FabricEventStream
spec:
  applicationId: shop
  eventStreams:
  - source: { type: PostgresLogicalReplication, table: { name: orders }, jdbcConnection: { jdbcUrl: "jdbc:postgresql://acid-stream-cluster.default/foo" } }
    flow: ${flow}
    sink: ${sink}
    recovery: { type: None }
`;
const LAMBDA = manifest(`{ type: AwsLambdaConversion, lambdaFunctionArn: "${ARN}" }`);
const ONE = { ...ALL, targets: [...ALL.targets, { name: 'functions', type: 'AwsLambda' as const }] };
const conversion = {
  type: 'AwsLambdaConversion',
  target: 'functions',
  lambdaFunctionArn: ARN,
  maxBatchEvents: 100,
  timeoutMs: 15_000,
} as const;

it('a Lambda flow of FES is a conversion behind a flow that its sink takes, on the one target that fits', () => {
  const [entry] = imported(LAMBDA, ONE);
  expect(entry?.draft).toMatchObject({ flow: { type: 'DebeziumEnvelope' }, conversions: [conversion] });
  expect(entry?.findings.filter(({ kind }) => kind !== 'kept')).toEqual([]);
  expect(documentOf(there(LAMBDA, ONE))).toEqual(documentOf(LAMBDA));
  const nakadi = LAMBDA.replace('{ type: SqsFifo, queueName: q }', '{ type: Nakadi, eventType: shop.orders }');
  expect(imported(nakadi, ONE)[0]?.draft).toMatchObject({
    flow: { type: 'PostgresWalToGenericNakadiEvent', payloadColumn: null },
    conversions: [conversion],
  });
  expect(documentOf(there(nakadi, ONE))).toEqual(documentOf(nakadi));
});

it('without a target, or with an ARN that is none, a person has to choose, and nothing is lost', () => {
  const targets = [...ONE.targets, { name: 'others', type: 'AwsLambda' as const }];
  for (const [connections, remedy] of [
    [ALL, 'ask a platform admin to register a sink target of type AwsLambda; none is registered'],
    [{ ...ALL, targets }, 'choose one of functions, others'],
  ] as const) {
    const [entry] = imported(LAMBDA, connections);
    expect(entry?.draft?.conversions).toEqual([{ ...conversion, target: '' }]);
    expect(entry?.findings).toContainEqual({ kind: 'choose', field: 'conversions.0.target', value: null, remedy });
    expect(documentOf(there(LAMBDA, connections))).toEqual(documentOf(LAMBDA));
  }
  const broken = manifest('{ type: AwsLambdaConversion, lambdaFunctionArn: "arn:aws:lambda:y" }');
  const [entry] = imported(broken, ONE);
  expect(entry?.draft?.conversions).toEqual([{ ...conversion, lambdaFunctionArn: '' }]);
  expect(entry?.findings).toContainEqual(expect.objectContaining({ field: 'conversions.0.lambdaFunctionArn', value: 'arn:aws:lambda:y' }));
  expect(documentOf(there(broken, ONE))).toEqual(documentOf(broken));
});

it('changed, it says so in FES’ field where that is all, else under spillway; taken away, it stays in the manifest and is not read', () => {
  const other = { ...conversion, lambdaFunctionArn: `${ARN}2` };
  const renamed = changed(LAMBDA, (before) => ({ ...before, conversions: [{ ...other, target: '' }] }));
  expect(entryOf(renamed.document)).toMatchObject({ flow: { type: 'AwsLambdaConversion', lambdaFunctionArn: `${ARN}2` } });
  expect(entryOf(renamed.document)).not.toHaveProperty('spillway.conversions');
  expect(renamed.again).toEqual(renamed.spec);
  const script = {
    type: 'Script',
    language: 'javascript',
    code: 'export default (event) => event;',
    timeoutMs: 50,
    memoryMb: 32,
    deterministic: true,
  } as const;
  for (const conversions of [[{ ...conversion, target: '', timeoutMs: 2_000 }], [{ ...conversion, target: '' }, script], [script]]) {
    const { document, spec, again } = changed(LAMBDA, (before) => ({ ...before, conversions }));
    expect(entryOf(document)).toMatchObject({ flow: { lambdaFunctionArn: ARN }, spillway: { conversions } });
    expect(again).toEqual(spec);
  }
  const none = changed(LAMBDA, ({ conversions: _, ...before }) => before);
  expect(entryOf(none.document)).toMatchObject({ flow: { lambdaFunctionArn: ARN }, spillway: { conversions: null } });
  expect(none.again).toEqual(none.spec);
  const outbox = changed(LAMBDA, (before) => ({ ...before, flow: { type: 'Delta' } }));
  expect(outbox.again).toEqual(outbox.spec);
});

it('a stream that was declared here has FES’ flow where that is all between source and sink', () => {
  const [entry] = imported(LAMBDA, ONE);
  const spec = entry?.draft;
  if (!spec) throw new Error('no draft');
  for (const conversions of [[conversion], [conversion, conversion]]) {
    const document = newManifest({ ...spec, conversions }, ONE.sources[0] ?? null);
    expect(entryOf(document)).toMatchObject({ flow: { type: conversions.length === 1 ? 'AwsLambdaConversion' : 'DebeziumEnvelope' } });
    const back = importManifests(printManifest(document), ONE);
    expect(back.ok && back.entries[0]?.draft).toEqual({ ...spec, conversions });
  }
});

it('a chain that is none is left to a person', () => {
  const own = (conversions: string) => LAMBDA.replace('    recovery:', `    spillway: { conversions: ${conversions} }\n    recovery:`);
  for (const chain of ['7', '[]', '[{ type: Sieve }]', '[1, 2, 3, 4, 5]']) {
    const [entry] = imported(own(chain), ONE);
    expect(entry?.draft?.conversions).toBeUndefined();
    expect(entry?.findings.some(({ kind, field }) => kind === 'choose' && field.startsWith('conversions'))).toBe(true);
    expect(documentOf(there(own(chain), ONE))).toEqual(documentOf(own(chain)));
  }
});
