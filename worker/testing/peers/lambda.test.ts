import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { LambdaPeer } from './lambda';

const peer = new LambdaPeer();
const file = fileURLToPath(new URL('./lambda-functions/convert.mjs', import.meta.url));
const clients: LambdaClient[] = [];

function clientWith(secretAccessKey = 'canary-secret', accessKeyId = 'worker') {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new LambdaClient({ region: 'eu-central-1', endpoint: peer.url, credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}
const invoke = (payload: unknown, client = clientWith(), FunctionName = 'convert') =>
  client.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(payload)) }));
const record = (note: string) => ({ id: note, change: { op: 'c', before: null, after: { id: 1, n: 2, note } } });
const textOf = ({ Payload }: { Payload?: Uint8Array }) => Buffer.from(Payload ?? []).toString();

beforeAll(async () => {
  peer.functions.set('convert', { file, timeoutMs: 60_000 });
  peer.functions.set('hasty', { file, timeoutMs: 300 });
  peer.functions.set('broken', { file: `${file}.none`, timeoutMs: 10_000 });
  await peer.up();
});
afterEach(() => {
  peer.throttle = 0;
  for (const client of clients.splice(0)) client.destroy();
});
afterAll(() => peer.down());

it('runs the handler on what Amazon’s own client signed, and refuses another secret, a strange key and an unsigned call', async () => {
  expect(textOf(await invoke({ records: [record('')] }))).toBe('{"records":[{"id":"","result":"Ok","data":{"op":"c","id":1,"n":2}}]}');
  await expect(invoke({}, clientWith('wrong'))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  await expect(invoke({}, clientWith('canary-secret', 'nobody'))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  const unsigned = await fetch(`${peer.url}/2015-03-31/functions/convert/invocations`, { method: 'POST', body: '{}' });
  expect(unsigned.status).toBe(403);
});

it('takes an ARN with a version, as a name', async () => {
  const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:convert:7';
  expect((await invoke({ records: [] }, clientWith(), arn)).FunctionError).toBeUndefined();
});

it('answers 200 with the function’s error when it throws, hangs or does not load, and is warm again after it', async () => {
  const thrown = await invoke({ records: [record('throw')] });
  expect([thrown.StatusCode, thrown.FunctionError, textOf(thrown)]).toMatchObject([200, 'Unhandled', expect.stringContaining('TypeError')]);
  const hung = await invoke({ records: [record('hang')] }, clientWith(), 'hasty');
  expect([hung.FunctionError, textOf(hung)]).toMatchObject(['Unhandled', expect.stringContaining('Task timed out after 0.30 seconds')]);
  const broken = await invoke({ records: [] }, clientWith(), 'broken');
  expect(textOf(broken)).toContain('Runtime.ImportModuleError');
  expect((await invoke({ records: [record('')] })).FunctionError).toBeUndefined();
});

it('keeps to the limits: 6 MB of request, 429 with Retry-After, unknown functions', async () => {
  await expect(invoke({ records: 'x'.repeat(6_291_600) })).rejects.toMatchObject({ name: 'RequestTooLargeException' });
  await expect(invoke({}, clientWith(), 'nothing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  peer.throttle = 1;
  await expect(invoke({ records: [] })).rejects.toMatchObject({ name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } });
  expect((await invoke({ records: [] })).StatusCode).toBe(200);
});
