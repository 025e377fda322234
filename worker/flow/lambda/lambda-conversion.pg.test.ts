import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { awsLambdaConversion } from '@/core/spec/lambda-conversion';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { LambdaPeer } from '@/worker/testing/peers/lambda';
import { type Peer, testedOn } from '@/worker/testing/tested-on';
import type { Converted, ConvertibleEvent } from '../conversion';
import { checkLambdaTarget } from './check';
import { createLambdaConversion } from './lambda-conversion';
import { readAnswer } from './records';

const peer = new LambdaPeer();
const file = fileURLToPath(new URL('../../testing/peers/lambda-functions/convert.mjs', import.meta.url));
const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;

beforeAll(async () => {
  peer.functions.set('convert', { file, timeoutMs: 60_000 });
  peer.functions.set('hasty', { file, timeoutMs: 200 });
  peer.functions.set('broken', { file: `${file}.none`, timeoutMs: 60_000 });
  await peer.up();
});
afterEach(() => {
  peer.throttle = 0;
  peer.error = null;
  peer.gate = Promise.resolve();
  peer.forbidden.clear();
});
afterAll(() => peer.down());

const target = (part: Partial<SinkTargetConfigOf<'AwsLambda'>> = {}): SinkTargetConfigOf<'AwsLambda'> => ({
  type: 'AwsLambda',
  region: 'eu-central-1',
  endpoint: peer.url,
  credentials: { type: 'static', accessKeyId: 'worker' },
  allowPrivateNetwork: true,
  ...part,
});
function conversion(name = 'convert', secret: string | null = 'canary-secret', config = target(), timeoutMs = 60_000) {
  const spec = awsLambdaConversion.parse({ type: 'AwsLambdaConversion', target: 'functions', lambdaFunctionArn: arnOf(name), timeoutMs });
  return createLambdaConversion(spec, { targets: { functions: { config, secret } } });
}
const noAbort = () => new AbortController().signal;
let made = 0;
/** An event of a row of the handler's table. */
function rowEvent(note = '', n = 1): ConvertibleEvent {
  const seq = made++;
  return {
    id: `7/0-1A/${seq}`,
    position: { systemId: '7', commitLsn: 26n, seq, fromSnapshot: false },
    op: 'c',
    schema: 'public',
    table: 'items',
    key: '{"id":7}',
    payload: Buffer.from(JSON.stringify({ op: 'c', before: null, after: { id: 7, n, note } })),
    contentType: 'application/json',
    headers: {},
    commitTimeUs: null,
  };
}
const errors = (converted: readonly Converted[]) => converted.flatMap((each) => (each.kind === 'failed' ? [each.error] : []));
const payloads = (converted: readonly Converted[]) =>
  converted.map((each) => (each.kind === 'events' ? each.events.map(({ payload }) => payload.toString()) : each.kind));

const PEER: Peer = {
  of: 'AwsLambdaConversion',
  kind: 'ours',
  name: 'a Lambda written from its Invoke API that runs real handlers',
  why: 'Amazon publishes none that could be installed',
};

describe('a conversion by a Lambda function', testedOn(PEER), () => {
  it('sends one invocation for a batch and reads what became of each event', async () => {
    const lambda = conversion();
    await lambda.open(noAbort());
    const before = peer.invocations.length;
    const batch = [rowEvent('', 1), rowEvent('drop'), rowEvent('twice', 2), rowEvent('fail')];
    const converted = await lambda.convert(batch, noAbort());
    expect(payloads(converted.slice(0, 3))).toEqual([
      ['{"op":"c","id":7,"n":1}'],
      'dropped',
      ['{"op":"c","id":7,"n":2,"part":1}', '{"op":"c","id":7,"n":2,"part":2}'],
    ]);
    expect(converted[1]).toEqual({ kind: 'dropped', reason: 'Lambda function convert drops it: it is a draft' });
    expect(errors(converted)).toEqual([{ errorClass: 'contract', message: 'Lambda function convert answered Failed: no such customer' }]);
    expect(peer.invocations.slice(before)).toEqual([batch.map(({ id }) => id)]);
    await lambda.close();
  });

  it('a thrown error, a hang and a broken answer are the batch’s fault until one event is left; the message of the error is not told', async () => {
    for (const [name, note] of [
      ['convert', 'throw'],
      ['hasty', 'hang'],
      ['convert', 'forget'],
    ] as const) {
      const lambda = conversion(name);
      const both = errors(await lambda.convert([rowEvent(), rowEvent(note)], noAbort()));
      expect(both).toMatchObject([
        { errorClass: 'contract', wholeBatch: true },
        { errorClass: 'contract', wholeBatch: true },
      ]);
      const [alone] = errors(await lambda.convert([rowEvent(note)], noAbort()));
      expect(alone).toMatchObject({ errorClass: 'contract' });
      expect(alone?.wholeBatch).toBeUndefined();
      expect(alone?.message).not.toContain('cannot read');
      await lambda.close();
    }
  });

  it('what is no event’s fault is an outage: 429 with its wait, 5xx, a function that does not start or says that it is down', async () => {
    const lambda = conversion();
    peer.throttle = 1;
    peer.retryAfter = '7';
    const one = async (with_ = lambda) => errors(await with_.convert([rowEvent('unavailable')], noAbort()))[0];
    expect(await one()).toMatchObject({ errorClass: 'throttled', status: 429, retryAfterMs: 7_000 });
    expect(await one()).toMatchObject({ errorClass: 'transient', message: expect.stringContaining('cannot work now') });
    peer.error = { status: 500, code: 'ServiceException' };
    expect(await one()).toMatchObject({ errorClass: 'transient', status: 500 });
    peer.error = { status: 502, code: 'EC2UnexpectedException' };
    expect(await one()).toMatchObject({ errorClass: 'transient', status: 502 });
    peer.error = null;
    expect(await one(conversion('broken'))).toMatchObject({ errorClass: 'transient', message: expect.stringContaining('does not start') });
  });

  it('credentials, rights and a missing function: an outage of kind auth while it runs, a fault for a person when it opens', async () => {
    const one = async (lambda: ReturnType<typeof conversion>) => errors(await lambda.convert([rowEvent()], noAbort()))[0];
    expect(await one(conversion('convert', 'wrong'))).toMatchObject({ errorClass: 'auth', status: 403 });
    await expect(conversion('convert', 'wrong').open(noAbort())).rejects.toMatchObject({ kind: 'sink_auth_failed' });
    peer.forbidden.add('convert');
    expect(await one(conversion())).toMatchObject({ errorClass: 'auth', message: expect.stringContaining('may not invoke') });
    expect(await one(conversion('nothing'))).toMatchObject({ errorClass: 'transient', status: 404 });
    await expect(conversion('nothing').open(noAbort())).rejects.toMatchObject({ kind: 'sink_misconfigured' });
    expect(() => conversion('convert', null)).toThrow('no secret access key');
    expect(() => conversion('convert', 'secret', target({ region: 'us-east-1' }))).toThrow('in eu-central-1');
  });

  it('reaches no private address unless an admin said so', async () => {
    const lambda = conversion('convert', 'canary-secret', target({ allowPrivateNetwork: false }));
    await expect(lambda.open(noAbort())).rejects.toMatchObject({
      kind: 'sink_misconfigured',
      message: expect.stringContaining('127.0.0.1'),
    });
    expect(errors(await lambda.convert([rowEvent()], noAbort()))).toMatchObject([{ errorClass: 'auth' }]);
  });

  it('rejects on abort with its reason, calls a slow function an outage, and works afterwards', async () => {
    const lambda = conversion('convert', 'canary-secret', target(), 1_000);
    let release = (): void => undefined;
    peer.gate = new Promise((resolve) => {
      release = resolve;
    });
    const controller = new AbortController();
    const converting = lambda.convert([rowEvent()], controller.signal);
    setTimeout(() => controller.abort(new Error('lease lost')), 50);
    await expect(converting).rejects.toThrow('lease lost');
    expect(errors(await lambda.convert([rowEvent()], noAbort()))).toMatchObject([{ errorClass: 'transient' }]);
    release();
    peer.gate = Promise.resolve();
    await expect(lambda.convert([rowEvent()], AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    const patient = conversion();
    expect(errors(await patient.convert([rowEvent()], noAbort()))).toEqual([]);
    await Promise.all([lambda.close(), patient.close()]);
  });

  it('a request beyond 6 MB is oversize, as a batch and alone; its own limits keep below', async () => {
    const lambda = conversion();
    const large = { ...rowEvent(), payload: Buffer.from(JSON.stringify('x'.repeat(6_291_600))) };
    expect(large.payload.length).toBeGreaterThan(lambda.limits.maxEventBytes);
    expect(errors(await lambda.convert([large], noAbort()))).toMatchObject([{ errorClass: 'oversize', status: 413 }]);
    expect(errors(await lambda.convert([large, rowEvent()], noAbort()))).toMatchObject([{ wholeBatch: true }, { wholeBatch: true }]);
  });

  it('the connection test tells a known key from an unknown one without a function', async () => {
    const steps = async (secret: string) => (await checkLambdaTarget(target(), secret, noAbort())).map(({ status }) => status);
    expect(await steps('canary-secret')).toEqual(['ok', 'warning', 'skipped']);
    expect(await steps('wrong')).toEqual(['failed']);
  });
});

it('an answer names each id exactly once, or nothing of it counts; payloads keep their digits', () => {
  const batch = [rowEvent(), rowEvent()];
  const [a, b] = batch.map(({ id }) => JSON.stringify(id));
  const read = (records: string) => readAnswer(batch, Buffer.from(`{"more": [{}], "records" : ${records} }`), 'it');
  const ok = (id: string | undefined, data: string) => `{"id": ${id}, "result": "Ok", "data": ${data} }`;
  const kept = '{ "big": 12345678901234567890.10, "text": "a\\"}]\\u00e4" }';
  expect(payloads(read(`[${ok(b, '[1,\n2]')}, ${ok(a, kept)}]`))).toEqual([[kept], ['[1,\n2]']]);
  for (const records of [
    `[${ok(a, '1')}]`,
    `[${ok(a, '1')},${ok(a, '1')}]`,
    `[${ok(a, '1')},${ok(b, '1')},${ok('"x"', '1')}]`,
    `[${ok(a, '1')},${ok('"x"', '1')}]`,
    `[${ok(a, '1')},${ok(b, 'null')}]`,
    `[${ok(a, '1')},{"id": ${b}, "result": "Ok"}]`,
    `[${ok(a, '1')},{"id": ${b}, "result": "ok", "data": 1}]`,
    `[${ok(a, '1')},null]`,
    '{}',
  ])
    expect(() => read(records)).toThrow(/answer|record|data/);
  expect(() => readAnswer(batch, Buffer.from('not JSON'), 'it')).toThrow('not JSON');
});
