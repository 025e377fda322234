import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, DeleteMessageBatchCommand, DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JarsUnavailable, mavenJars, pinnedVersion } from '@/local/maven-jars';
import type { Resolve } from '@/worker/network/address-policy';
import { startElasticMq, type TestElasticMq } from '@/worker/testing/elasticmq';
import { SqsFaults } from '@/worker/testing/peers/sqs-faults';
import { noAbort, sinkConformance, testEvent } from '../conformance';
import type { Sink } from '../sink';
import { createSqsSink } from './sqs-sink';

const missing = whyMissing();
if (missing) console.log(`skipped: ${missing}`);

let peer: TestElasticMq;
let faults: SqsFaults;
let client: SQSClient;
let accessKeyId = 'first';

beforeAll(async () => {
  if (missing) return;
  peer = await startElasticMq();
  faults = new SqsFaults(peer.port);
  await faults.up();
  client = new SQSClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${peer.port}`,
    credentials: { accessKeyId: 'reader', secretAccessKey: 'reader' },
  });
});
afterAll(async () => {
  client?.destroy();
  await faults?.down();
  await peer?.stop();
});
afterEach(() => {
  faults.refused.clear();
  faults.error = null;
  faults.gate = Promise.resolve();
});

interface SinkOptions {
  readonly type?: 'SqsFifo' | 'SqsStandard';
  readonly port?: number;
  readonly private?: boolean;
  readonly resolve?: Resolve;
  readonly host?: string;
}
function sinkOn(queueName: string, options: SinkOptions = {}): Sink {
  const { type = 'SqsFifo', host = '127.0.0.1', port = faults.port } = options;
  return createSqsSink(
    { type, target: 'queues', queueName, maxBatchSize: 10 },
    {
      type: 'Sqs',
      region: 'us-east-1',
      endpoint: `http://${host}:${port}`,
      credentials: { type: 'static', accessKeyId },
      allowPrivateNetwork: options.private ?? true,
    },
    'canary-secret',
    options.resolve,
  );
}

async function makeQueue(name: string): Promise<string> {
  const Attributes = name.endsWith('.fifo') ? { FifoQueue: 'true' } : undefined;
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: name, ...(Attributes ? { Attributes } : {}) }));
  return QueueUrl;
}

interface Arrived {
  readonly id: string;
  readonly key: string | null;
  readonly payload: string | null;
  readonly group: string | undefined;
  readonly deduplication: string | undefined;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/** Takes everything out of a queue, ten at a time; what came before stays in the list. */
class QueueReader {
  private readonly list: Arrived[] = [];
  constructor(private readonly url: string) {}

  async all(): Promise<readonly Arrived[]> {
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: this.url,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) return this.list;
      for (const { Body, MessageAttributes = {}, Attributes = {} } of Messages) {
        const attributes = Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]));
        this.list.push({
          id: attributes['spillway.id'] ?? '',
          key: attributes['spillway.key'] ?? null,
          payload: Body ?? null,
          group: Attributes.MessageGroupId,
          deduplication: Attributes.MessageDeduplicationId,
          attributes,
        });
      }
      await client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.url,
          Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  }
}

for (const type of ['SqsFifo', 'SqsStandard'] as const) {
  describe.skipIf(missing !== null)(`the ${type} sink conforms, on ElasticMQ`, () => {
    const queue = `conformance-${randomUUID()}${type === 'SqsFifo' ? '.fifo' : ''}`;
    let reader: QueueReader;
    beforeAll(async () => {
      reader = new QueueReader(await makeQueue(queue));
    });

    sinkConformance(
      {
        of: type,
        kind: 'real',
        name: `ElasticMQ ${pinnedVersion('elasticmq', 'elasticmq-server_2.13')} from Maven Central`,
        why: 'not Amazon SQS itself; a proxy of ours in front of it refuses single messages on demand',
        missing,
      },
      {
        removesRepeats: type === 'SqsFifo',
        // As Amazon's: a standard queue promises no order.
        ...(type === 'SqsStandard' ? { unordered: true as const } : {}),
        tooLargeBytes: 262_144,
        async refuse(id) {
          faults.refused.set(id, { code: 'InvalidMessageContents', senderFault: true });
          return { restore: async () => void faults.refused.delete(id) };
        },
        async rotate() {
          accessKeyId = `key${randomUUID().slice(0, 8)}`;
          faults.accepted = accessKeyId;
        },
      },
      () => ({
        sink: () => sinkOn(queue, { type }),
        arrived: () => reader.all(),
        peerDown: () => faults.down(),
        peerUp: () => faults.up(),
        hang: async () => {
          let open: () => void = () => undefined;
          faults.gate = new Promise((resolve) => {
            open = resolve;
          });
          return { release: async () => open() };
        },
      }),
    );
  });
}

describe.skipIf(missing !== null)('SQS', () => {
  it('FIFO: group by key, deduplication by event id, hashed where SQS takes no such text; attributes say what it is', async () => {
    const queue = `groups-${randomUUID()}`;
    const reader = new QueueReader(await makeQueue(`${queue}.fifo`));
    const sink = sinkOn(queue);
    await sink.open(noAbort());
    const long = `{"name":"${'x'.repeat(200)}"}`;
    const batch = [
      testEvent({ key: '{"id":1}', headers: { '__debezium.newkey': '{"id":2}' } }),
      testEvent({ key: long }),
      testEvent({ key: '{"name":"ä b"}', payload: Buffer.from('{"text":"a\uffffb"}') }),
      testEvent({ key: null }),
    ];
    expect(await sink.write(batch, noAbort())).toEqual(batch.map(() => ({ ok: true })));
    const byId = new Map((await reader.all()).map((message) => [message.id, message]));
    const [plain, hashed, odd, none] = batch.map(({ id }) => byId.get(id));
    expect(plain).toMatchObject({ group: '{"id":1}', deduplication: batch[0]?.id });
    expect(plain?.attributes).toMatchObject({ 'spillway.op': 'c', 'spillway.table': 'public.orders', '__debezium.newkey': '{"id":2}' });
    expect(hashed?.group).toMatch(/^[0-9a-f]{64}$/);
    expect(odd?.group).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(odd?.payload ?? '')).toEqual({ text: 'a\uffffb' });
    expect(none?.group).toBe('public.orders');
    await sink.close();
  });

  it('cuts what is too much for one request into several, by number and by bytes, in order', async () => {
    const queue = `cut-${randomUUID()}`;
    const reader = new QueueReader(await makeQueue(`${queue}.fifo`));
    const sink = sinkOn(queue);
    await sink.open(noAbort());
    faults.batches.length = 0;
    const batch = Array.from({ length: 12 }, (_, index) =>
      testEvent({ key: '{"id":1}', payload: Buffer.from(JSON.stringify(`${index}`.padEnd(100_000, 'x'))) }),
    );
    expect(await sink.write(batch, noAbort())).toEqual(batch.map(() => ({ ok: true })));
    expect(faults.batches).toEqual([2, 2, 2, 2, 2, 2]);
    expect((await reader.all()).map(({ id }) => id)).toEqual(batch.map(({ id }) => id));
    await sink.close();
  });

  it('tells throttling, a failing service, missing rights and a missing queue apart', async () => {
    const queue = `errors-${randomUUID()}`;
    const url = await makeQueue(queue);
    const sink = sinkOn(queue, { type: 'SqsStandard' });
    await sink.open(noAbort());
    const failing = async (error: SqsFaults['error']) => {
      faults.error = error;
      const [outcome] = await sink.write([testEvent()], noAbort());
      faults.error = null;
      return outcome?.ok === false ? outcome.error : null;
    };
    expect(await failing({ status: 403, code: 'RequestThrottled', headers: { 'retry-after': '7' } })).toMatchObject({
      errorClass: 'throttled',
      retryAfterMs: 7_000,
    });
    expect(await failing({ status: 500, code: 'InternalError' })).toMatchObject({ errorClass: 'transient', status: 500 });
    expect(await failing({ status: 403, code: 'AccessDenied' })).toMatchObject({ errorClass: 'auth' });
    expect(await failing({ status: 400, code: 'KmsThrottled' })).toMatchObject({ errorClass: 'throttled' });
    expect(await failing({ status: 400, code: 'InvalidMessageContents' })).toMatchObject({ errorClass: 'contract' });
    const [passing, refused] = [testEvent({ key: '{"id":1}' }), testEvent({ key: '{"id":2}' })];
    faults.refused.set(refused.id, { code: 'InternalError', senderFault: false });
    expect(await sink.write([passing, refused], noAbort())).toMatchObject([{ ok: true }, { error: { errorClass: 'transient' } }]);
    await client.send(new DeleteQueueCommand({ QueueUrl: url }));
    expect(await sink.write([testEvent()], noAbort())).toMatchObject([{ error: { errorClass: 'transient', message: /does not exist/ } }]);
    await sink.close();
  });

  it('a missing queue is named with the way to make it, by open and by the check', async () => {
    const sink = sinkOn('nowhere');
    await expect(sink.open(noAbort())).rejects.toMatchObject({
      kind: 'sink_misconfigured',
      detail: { remedy: expect.stringContaining('create-queue --queue-name nowhere.fifo') },
    });
    const steps = await sink.check(noAbort());
    expect(steps.find((step) => step.name === 'Connection')).toMatchObject({ status: 'ok' });
    expect(steps.find((step) => step.name === 'Queue')).toMatchObject({
      status: 'failed',
      finding: expect.stringContaining('does not exist'),
    });
    expect(JSON.stringify(steps)).not.toContain('canary');
    await sink.close();
  });

  it('keeps to the addresses that the target allows, whatever a name is resolved to', async () => {
    const before = faults.connections;
    const guarded = sinkOn('orders', { private: false });
    await expect(guarded.open(noAbort())).rejects.toMatchObject({
      kind: 'sink_misconfigured',
      message: expect.stringContaining('loopback'),
    });
    const metadata = sinkOn('orders', { host: 'sqs.example.com', resolve: async () => [{ address: '169.254.169.254', family: 4 }] });
    await expect(metadata.open(noAbort())).rejects.toMatchObject({ message: expect.stringContaining('linkLocal') });
    const lying = sinkOn('orders', { private: false, host: 'sqs.example.com', resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    await expect(lying.open(noAbort())).rejects.toMatchObject({ kind: 'sink_misconfigured' });
    expect(await lying.write([testEvent()], noAbort())).toMatchObject([{ error: { errorClass: 'auth' } }]);
    expect(faults.connections).toBe(before);
    await Promise.all([guarded, metadata, lying].map((sink) => sink.close()));
  });
});

function whyMissing(): string | null {
  try {
    mavenJars({ folder: 'elasticmq', what: 'ElasticMQ' }, () => undefined);
    return null;
  } catch (error) {
    if (error instanceof JarsUnavailable) return `the SQS sink's tests: ${error.message}`;
    throw error;
  }
}
