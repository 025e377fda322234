import { type AddressInfo, createServer } from 'node:net';
import { Partitioners } from 'kafkajs';
import { describe, expect, it, vi } from 'vitest';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { noAbort, testEvent } from '../conformance';
import type { SinkContext } from '../sink';
import { guardedSockets } from './guarded-sockets';
import { IncompleteAcknowledgement, type KafkaRecord, type KafkaSession } from './kafka-port';
import { createKafkaSink } from './kafka-sink';
import { positiveHash } from './murmur2';

const CONTEXT: SinkContext = { streamId: 's1', streamName: 'orders', epoch: 3, catalogUrl: '' };
const SPEC = { type: 'Kafka', target: 'bus', topic: 'orders', tombstones: true } as const;
const CONFIG: SinkTargetConfigOf<'Kafka'> = { type: 'Kafka', brokers: ['127.0.0.1:1'], tls: false };

/** A session whose answers the test decides; the broker's behaviour is proved in kafka-sink.kafka.test.ts. */
function session(part: Partial<KafkaSession> = {}): KafkaSession & { abandoned: number } {
  const made = {
    abandoned: 0,
    open: async () => {},
    topic: async () => ({ partitions: 1, replicationFactor: 1, cleanupPolicy: 'delete' }),
    createTopic: async () => {},
    send: async () => {},
    positions: async () => [],
    abandon: () => void made.abandoned++,
    close: async () => {},
    ...part,
  };
  return made;
}
const protocolError = (type: string, code: number) => Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type, code });
const wrapped = (cause: Error) => Object.assign(new Error('gave up', { cause }), { name: 'KafkaJSNumberOfRetriesExceeded' });

describe('the Kafka sink', () => {
  it('sends key, value, tombstone and headers of the event', async () => {
    const sent: KafkaRecord[] = [];
    const sink = createKafkaSink(SPEC, CONFIG, null, CONTEXT, () => session({ send: async (records) => void sent.push(...records) }));
    const event = testEvent({ headers: { '__debezium.newkey': '{"id":2}' } });
    await sink.write([event, testEvent({ payload: null, key: '{"id":1}' })], noAbort());
    expect(sent[0]).toEqual({
      topic: 'orders',
      key: event.key,
      value: event.payload,
      headers: {
        'spillway.id': event.id,
        'spillway.op': 'c',
        'spillway.lsn': '0/1A',
        'spillway.epoch': '3',
        '__debezium.newkey': '{"id":2}',
      },
    });
    expect(sent[1]?.value).toBeNull();
  });

  it('asks for what its key expression makes, sends it as the key, and no record without it', async () => {
    const sent: KafkaRecord[] = [];
    const key = { type: 'Expression', expression: 'row.tenant', salt: 2 } as const;
    const sink = createKafkaSink({ ...SPEC, key }, CONFIG, null, CONTEXT, () =>
      session({ send: async (records) => void sent.push(...records) }),
    );
    expect(sink.keyExpression).toBe('row.tenant');
    expect(await sink.write([testEvent({ keyText: 'north' })], noAbort())).toEqual([{ ok: true }]);
    expect(sent[0]?.key).toMatch(/^north#[01]$/);
    expect(await sink.write([testEvent()], noAbort())).toMatchObject([{ ok: false, error: { errorClass: 'poison' } }]);
    expect(sent).toHaveLength(1);
  });

  it.each([
    [protocolError('MESSAGE_TOO_LARGE', 10), { errorClass: 'oversize', status: 10, wholeBatch: true }],
    [wrapped(protocolError('TOPIC_AUTHORIZATION_FAILED', 29)), { errorClass: 'auth' }],
    [wrapped(protocolError('NOT_LEADER_FOR_PARTITION', 6)), { errorClass: 'transient' }],
    [protocolError('UNKNOWN_TOPIC_OR_PARTITION', 3), { errorClass: 'transient', message: expect.stringContaining('does not exist') }],
    [Object.assign(new Error('x'), { name: 'KafkaJSSASLAuthenticationError' }), { errorClass: 'auth' }],
    [new IncompleteAcknowledgement('partition 2 was not acknowledged'), { errorClass: 'transient' }],
  ])('ends the session after %s and says of what class it is', async (error, expected) => {
    const failing = session({ send: () => Promise.reject(error) });
    const working = session();
    const sessions = [failing, working];
    const sink = createKafkaSink(SPEC, CONFIG, null, CONTEXT, () => sessions.shift() ?? working);
    const outcomes = await sink.write([testEvent(), testEvent()], noAbort());
    expect(outcomes).toEqual(Array(2).fill({ ok: false, error: expect.objectContaining(expected) }));
    expect(failing.abandoned).toBe(1);
    expect(await sink.write([testEvent()], noAbort())).toEqual([{ ok: true }]);
    expect(working.abandoned).toBe(0);
  });

  it('waits 30 seconds for a send that never ends, then calls it transient and ends the session', async () => {
    vi.useFakeTimers();
    try {
      const stuck = session({ send: () => new Promise(() => {}) });
      const sink = createKafkaSink(SPEC, CONFIG, null, CONTEXT, () => stuck);
      const write = sink.write([testEvent()], noAbort());
      await vi.advanceTimersByTimeAsync(30_000);
      expect(await write).toMatchObject([{ ok: false, error: { errorClass: 'transient' } }]);
      expect(stuck.abandoned).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('sends one batch at a time: sequence numbers allow no two', async () => {
    let running = 0;
    let most = 0;
    const send = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    };
    const sink = createKafkaSink(SPEC, CONFIG, null, CONTEXT, () => session({ send }));
    await Promise.all([1, 2, 3].map(() => sink.write([testEvent()], noAbort())));
    expect(most).toBe(1);
  });

  it('says what to do when the topic is missing and may not be created', async () => {
    const refusing = session({
      topic: async () => null,
      createTopic: () => Promise.reject(protocolError('TOPIC_AUTHORIZATION_FAILED', 29)),
    });
    const sink = createKafkaSink(SPEC, CONFIG, null, CONTEXT, () => refusing);
    await expect(sink.open(noAbort())).rejects.toMatchObject({
      kind: 'sink_misconfigured',
      message: expect.stringContaining('Topic orders does not exist'),
      detail: { remedy: expect.stringContaining('kafka-topics.sh') },
    });
  });

  it('refuses a user without password', () => {
    const config: SinkTargetConfigOf<'Kafka'> = { ...CONFIG, sasl: { mechanism: 'plain', username: 'app' } };
    expect(() => createKafkaSink(SPEC, config, null, CONTEXT)).toThrow(expect.objectContaining({ kind: 'sink_misconfigured' }));
  });
});

describe('partitions', () => {
  /** Vectors of org.apache.kafka.common.utils.UtilsTest.testMurmur2. */
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('are those of Java clients for key %s', (key, hash) => {
    expect(positiveHash(key)).toBe(hash & 0x7fffffff);
    expect(positiveHash(Buffer.from(key))).toBe(hash & 0x7fffffff);
  });

  it('are those of kafkajs for keys in every script and of every length', () => {
    const partitionMetadata = Array.from({ length: 997 }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 1,
      replicas: [1],
      isr: [1],
    }));
    const choose = Partitioners.DefaultPartitioner();
    for (const letter of ['a', 'ü', '水', '🌊']) {
      for (const length of [0, 1, 2, 3, 127, 128, 129, 500]) {
        const key = `{"id":"${letter.repeat(length)}"}`;
        expect(positiveHash(key) % 997).toBe(choose({ topic: 't', partitionMetadata, message: { key, value: null } }));
      }
    }
  });
});

describe('brokers named by brokers', () => {
  const canary = async (registered: (port: number) => string) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sockets = guardedSockets([registered(port)]);
    const options = { host: '127.0.0.1', port, ssl: undefined as never, onConnect: () => {} };
    const connect = () => sockets.create(options).on('error', () => {});
    return { sockets, connect, seen: () => connections, end: () => server.close() };
  };

  it('may not lead from a public broker to this machine', async () => {
    const test = await canary(() => '93.184.216.34:9092');
    expect(test.connect).toThrow(/loopback/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(test.seen()).toBe(0);
    test.end();
  });

  it('may lead to this machine when the registered broker is here, and nowhere after the session ended', async () => {
    const test = await canary((port) => `127.0.0.1:${port}`);
    const socket = test.connect();
    await vi.waitFor(() => expect(test.seen()).toBe(1), 30_000);
    test.sockets.destroyAll();
    expect(socket.destroyed).toBe(true);
    expect(test.connect).toThrow(/ended/);
    test.end();
  });
});
