import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PreviewRow } from '@/core/dto/inspection';
import { sealSecret } from '@/core/secrets/seal';
import { type AwsLambdaConversionSpec, awsLambdaConversion } from '@/core/spec/lambda-conversion';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { testEvent } from '@/worker/sink/conformance';
import { LambdaPeer } from '@/worker/testing/peers/lambda';
import type { Catalog } from '../catalog/catalog';
import { checkFunctions } from './check-functions';
import { convertRows } from './preview-converted';
import { convertLetters } from './replay-converted';
import type { SampleContext } from './sample-conversions';

const peer = new LambdaPeer();
const keys = generateKeyPairSync('x25519');
const privateKey = keys.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

beforeAll(async () => {
  const file = fileURLToPath(new URL('../../testing/peers/lambda-functions/convert.mjs', import.meta.url));
  peer.functions.set('convert', { file, timeoutMs: 60_000 });
  await peer.up();
});
afterAll(() => peer.down());

/** A catalog with one sink target of type AwsLambda, and one log. */
function context(): SampleContext {
  const account = { region: 'eu-central-1', endpoint: peer.url, credentials: { type: 'static', accessKeyId: 'worker' } };
  const functions = {
    id: 'f',
    name: 'functions',
    config: { type: 'AwsLambda', ...account, allowPrivateNetwork: true },
    sealedSecret: sealSecret('canary-secret', publicKey, { kind: 'sink-target', id: 'f', version: 1 }),
    secretVersion: 1,
  };
  const log = { id: 'l', name: 'log', config: { type: 'EventLog', store: 'catalog' }, sealedSecret: null, secretVersion: 0 };
  const query = async (_: string, [name]: readonly unknown[] = []) => [functions, log].filter((row) => row.name === name);
  return { catalog: { query } as unknown as Catalog, privateKey, signal: new AbortController().signal, deadlineMs: 60_000 };
}
const conversion = (part: Partial<AwsLambdaConversionSpec> = {}) =>
  awsLambdaConversion.parse({
    type: 'AwsLambdaConversion',
    target: 'functions',
    lambdaFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:convert',
    ...part,
  });
const eventOf = (note: string) =>
  testEvent({ payload: Buffer.from(JSON.stringify({ op: 'c', before: null, after: { id: 1, n: 2, note } })) });
const rowOf = (note: string) => {
  const row: PreviewRow = { input: { note }, key: '1', headers: {}, output: '{}', bytes: 2, microseconds: 1 };
  return { row, event: eventOf(note) };
};

it('a preview shows what conversions make of real rows, what they drop and why, and the one row that spoils a batch', async () => {
  const filtered: PreviewRow = {
    input: {},
    key: null,
    headers: {},
    output: '',
    bytes: 0,
    microseconds: 0,
    left: { kind: 'filtered', reason: 'so' },
  };
  const made = [rowOf(''), rowOf('twice'), rowOf('drop'), rowOf('throw'), { row: filtered, event: null }];
  const { rows, unconverted } = await convertRows(made, { typed: {}, conversions: [conversion()], applicationId: 'orders' }, context());
  expect(unconverted).toBeUndefined();
  expect(rows.map(({ converted }) => converted?.messages.map(({ output, bytes }) => [output, bytes]))).toEqual([
    [['{"op":"c","id":1,"n":2}', 23]],
    [
      ['{"op":"c","id":1,"n":2,"part":1}', 32],
      ['{"op":"c","id":1,"n":2,"part":2}', 32],
    ],
    [],
    [],
    undefined,
  ]);
  expect(rows[2]?.converted?.left).toEqual({ kind: 'dropped', reason: 'Lambda function convert drops it: it is a draft' });
  expect(rows[3]?.converted?.left).toMatchObject({ kind: 'failed', reason: expect.stringContaining('TypeError') });
  expect(rows[0]?.converted?.microseconds).toBeGreaterThan(0);
});

it('what keeps conversions from being tried is said, and the flow’s own message is there all the same', async () => {
  const incomplete = await convertRows(
    [rowOf('')],
    { typed: { conversions: [{}] }, conversions: undefined, applicationId: 'orders' },
    context(),
  );
  expect(incomplete).toMatchObject({ rows: [{ output: '{}' }], unconverted: expect.stringContaining('not tried') });
  const unknown = await convertRows(
    [rowOf('')],
    { typed: {}, conversions: [conversion({ target: 'none' })], applicationId: 'orders' },
    context(),
  );
  expect(unknown.rows[0]?.converted?.left).toEqual({ kind: 'failed', reason: 'sink target "none" is not registered any more' });
});

it('a replay preview shows letters as the conversions would send them now', async () => {
  const spec = {
    applicationId: 'orders',
    source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: 'orders' } },
    flow: { type: 'DebeziumEnvelope' },
    conversions: [conversion()],
    sink: { type: 'EventLog', target: 'log' },
    recovery: { type: 'None' },
  };
  const letter = (id: string, note: string, stored: unknown = spec) => ({
    streamId: stored === spec ? 'with' : 'without',
    spec: stored,
    shown: { id, key: null, output: 'plain', sameAsBefore: false, problem: null },
    events: [eventOf(note)],
  });
  const plain = { ...spec, conversions: undefined };
  const shown = await convertLetters([letter('a', ''), letter('b', 'fail'), letter('c', '', plain), letter('d', 'drop')], context());
  expect(shown).toMatchObject([
    { id: 'a', output: '{"op":"c","id":1,"n":2}', problem: null },
    { id: 'b', output: null, problem: 'Lambda function convert answered Failed: no such customer' },
    { id: 'c', output: 'plain' },
    { id: 'd', output: null, problem: expect.stringContaining('it is a draft') },
  ]);
});

it('a spec is checked against the functions that it names', async () => {
  const check = (part: Partial<AwsLambdaConversionSpec>) =>
    checkFunctions({ applicationId: 'orders', conversions: [conversion(part)] } as unknown as StreamSpec, context());
  expect(await check({})).toMatchObject({ problems: [], checks: [{ name: 'Function convert', status: 'ok' }] });
  const missing = await check({ lambdaFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:none' });
  expect(missing.problems).toMatchObject([{ field: 'conversions.0.lambdaFunctionArn', remedy: expect.stringContaining('does not exist') }]);
  expect((await check({ lambdaFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:none' })).problems).toHaveLength(1);
  expect((await check({ target: 'log' })).problems).toMatchObject([
    { field: 'conversions.0.target', remedy: expect.stringContaining('EventLog') },
  ]);
  expect((await check({ target: 'none' })).problems).toMatchObject([{ field: 'conversions.0.target' }]);
  peer.error = { status: 500, code: 'ServiceException' };
  const down = await check({});
  peer.error = null;
  expect(down).toMatchObject({ problems: [], checks: [{ status: 'warning', finding: expect.stringContaining('500') }] });
});
