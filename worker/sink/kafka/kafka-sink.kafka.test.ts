import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { startLocalKafka } from '@/local/kafka';
import { REPLACED } from '@/local/kafkajs/replaced.mjs';
import { pinnedVersion } from '@/local/maven-jars';
import { freePort } from '@/worker/testing/postgres';
import { noAbort, sinkConformance, testEvent } from '../conformance';
import type { Sink, SinkContext } from '../sink';
import { readConsumerLag } from './consumer-groups';
import { createKafkaSink } from './kafka-sink';

const CONTEXT: SinkContext = { streamId: 's1', streamName: 'orders', epoch: 3, catalogUrl: '' };

/** An own broker: it is killed here, and has a second listener with users and ACLs. */
class Broker {
  private readonly folder = mkdtempSync(join(tmpdir(), 'spillway-kafka-sink-'));
  private ports = { plain: 0, sasl: 0, controller: 0 };
  private running: Awaited<ReturnType<typeof startLocalKafka>> | null = null;

  get plain(): string {
    return `127.0.0.1:${this.ports.plain}`;
  }
  get sasl(): string {
    return `127.0.0.1:${this.ports.sasl}`;
  }
  client(): Kafka {
    return new Kafka({ brokers: [this.plain], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50 } });
  }

  async up(): Promise<void> {
    if (this.ports.plain === 0) this.ports = { plain: await freePort(), sasl: await freePort(), controller: await freePort() };
    const { plain, sasl, controller } = this.ports;
    const listeners = `PLAINTEXT://127.0.0.1:${plain},SASL://127.0.0.1:${sasl}`;
    this.running = await startLocalKafka({
      folder: this.folder,
      port: plain,
      controllerPort: controller,
      settings: {
        'num.partitions': '3',
        listeners: `${listeners},CONTROLLER://127.0.0.1:${controller}`,
        'advertised.listeners': listeners,
        'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT',
        'inter.broker.listener.name': 'PLAINTEXT',
        'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN',
        'listener.name.sasl.plain.sasl.jaas.config':
          'org.apache.kafka.common.security.plain.PlainLoginModule required user_app="app-password" user_guest="guest-password";',
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': 'User:ANONYMOUS;User:app',
      },
    });
  }
  async down(): Promise<void> {
    await this.running?.kill9();
  }
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.running?.pid ?? 0, name);
  }
  async remove(): Promise<void> {
    await this.running?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.client().admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

interface Arrived {
  id: string;
  key: string | null;
  payload: string | null;
  partition: number;
}

/** Everything in a topic; what is new is added behind what was seen before, so that the order of arrival holds. */
class TopicReader {
  private readonly seen = new Map<number, number>();
  private readonly list: Arrived[] = [];
  constructor(
    private readonly broker: Broker,
    private readonly topic: string,
  ) {}

  async all(): Promise<Arrived[]> {
    const offsets = await this.broker.withAdmin((admin) => admin.fetchTopicOffsets(this.topic)).catch(() => []);
    return this.until(() => offsets.every(({ partition, high }) => (this.seen.get(partition) ?? 0) >= Number(high)));
  }

  /** As many records, where marks of transactions take offsets, too. */
  take(count: number): Promise<Arrived[]> {
    return this.until(() => this.list.length >= count);
  }

  private async until(complete: () => boolean): Promise<Arrived[]> {
    if (complete()) return this.list;
    const consumer = this.broker.client().consumer({ groupId: randomUUID() });
    await consumer.connect();
    await consumer.subscribe({ topic: this.topic, fromBeginning: true });
    await new Promise<void>((done, failed) => {
      const eachMessage = async ({
        partition,
        message,
      }: {
        partition: number;
        message: { offset: string; key: Buffer | null; value: Buffer | null; headers?: object };
      }) => {
        if (Number(message.offset) < (this.seen.get(partition) ?? 0)) return;
        this.seen.set(partition, Number(message.offset) + 1);
        const headers = message.headers as Record<string, Buffer>;
        this.list.push({
          id: String(headers['spillway.id']),
          key: message.key?.toString() ?? null,
          payload: message.value?.toString() ?? null,
          partition,
        });
        if (complete()) done();
      };
      consumer.run({ eachMessage }).catch(failed);
    });
    await consumer.disconnect();
    return this.list;
  }
}

const broker = new Broker();
beforeAll(() => broker.up());
afterAll(() => broker.remove());

const kafkaSinkOf = (part: Partial<KafkaSinkSpec>): Sink =>
  createKafkaSink(
    { type: 'Kafka', target: 'bus', topic: '', tombstones: true, ...part },
    { type: 'Kafka', brokers: [broker.plain], tls: false },
    null,
    CONTEXT,
  );
const sinkOn = (topic: string, part: Partial<SinkTargetConfigOf<'Kafka'>> = {}, secret: string | null = null): Sink =>
  createKafkaSink(
    { type: 'Kafka', target: 'bus', topic, tombstones: true },
    { type: 'Kafka', brokers: [broker.plain], tls: false, ...part },
    secret,
    CONTEXT,
  );

describe('the Kafka sink on a real broker', () => {
  const topic = `conformance-${randomUUID()}`;
  let reader: TopicReader;
  beforeAll(async () => {
    reader = new TopicReader(broker, topic);
    const first = sinkOn(topic);
    await first.open(noAbort());
    await first.close();
  });

  const peer = { of: 'Kafka', kind: 'real' as const, name: `Apache Kafka ${pinnedVersion('kafka', 'kafka_2.13')} from Maven Central` };
  sinkConformance(peer, { removesRepeats: false, tooLargeBytes: 1_200_000 }, () => ({
    sink: () => sinkOn(topic),
    arrived: () => reader.all(),
    peerDown: () => broker.down(),
    peerUp: () => broker.up(),
    hang: async () => {
      broker.signal('SIGSTOP');
      return { release: async () => broker.signal('SIGCONT') };
    },
  }));

  it('runs here on the parts in the place of files of kafkajs that the bundles carry', () => {
    const load = createRequire(import.meta.url);
    expect(load('kafkajs').Kafka).toBe(Kafka);
    for (const [theirs, ours] of Object.entries(REPLACED)) {
      expect(load(`kafkajs/src/${theirs}`)).toBe(load(`../../../local/kafkajs/${ours}`));
    }
  });

  it('keeps a key in one partition, and makes a missing topic with the partitions that are the default', async () => {
    const fresh = `fresh-${randomUUID()}`;
    const sink = sinkOn(fresh);
    expect((await sink.check(noAbort())).find((step) => step.name === 'Topic')).toMatchObject({ status: 'warning' });
    await sink.open(noAbort());
    const { topics } = await broker.withAdmin((admin) => admin.fetchTopicMetadata({ topics: [fresh] }));
    expect(topics[0]?.partitions).toHaveLength(3);
    const keys = ['{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}'];
    for (let round = 0; round < 3; round++) {
      await sink.write(
        keys.map((key) => testEvent({ key })),
        noAbort(),
      );
    }
    await sink.write([testEvent({ key: '{"id":1}', payload: null })], noAbort());
    const all = await new TopicReader(broker, fresh).all();
    for (const key of keys) expect(new Set(all.filter((record) => record.key === key).map((record) => record.partition)).size).toBe(1);
    expect(all.filter((record) => record.payload === null)).toMatchObject([{ key: '{"id":1}' }]);
    await sink.close();
  });

  it('makes a topic as asked, takes it as it is, and refuses one that is otherwise with what to do', async () => {
    const asked = { topic: `asked-${randomUUID()}`, partitions: 5, replicationFactor: 1, cleanupPolicy: 'compact' } as const;
    for (let time = 0; time < 2; time++) {
      const sink = kafkaSinkOf(asked);
      await sink.open(noAbort());
      await sink.close();
    }
    const { topics } = await broker.withAdmin((admin) => admin.fetchTopicMetadata({ topics: [asked.topic] }));
    expect(topics[0]?.partitions).toHaveLength(5);
    for (const [other, field] of [
      [{ partitions: 4 }, 'sink.partitions'],
      [{ partitions: 9 }, 'sink.partitions'],
      [{ replicationFactor: 2 }, 'sink.replicationFactor'],
      [{ cleanupPolicy: 'delete' }, 'sink.cleanupPolicy'],
    ] as const) {
      const sink = kafkaSinkOf({ ...asked, ...other });
      await expect(sink.open(noAbort())).rejects.toMatchObject({
        kind: 'sink_misconfigured',
        detail: { remedy: expect.stringMatching(/^Ask for /), problems: [expect.objectContaining({ field })] },
      });
      expect((await sink.check(noAbort())).find((step) => step.name === 'Topic')).toMatchObject({ status: 'failed' });
      await sink.close();
    }
    // More replicas than brokers: the broker's own refusal, told as such.
    await expect(kafkaSinkOf({ topic: `never-${randomUUID()}`, replicationFactor: 3 }).open(noAbort())).rejects.toMatchObject({
      message: expect.stringContaining('cannot be created'),
    });
  });

  it('writes to a topic of each tenant, and says of a row without one what is wrong with it', async () => {
    const prefix = `t-${randomUUID()}`;
    const sink = kafkaSinkOf({ topic: `${prefix}.{column:tenant}`, partitions: 1 });
    await sink.open(noAbort());
    const of = (tenant: string) => testEvent({ columns: { tenant: { text: tenant, json: `"${tenant}"` } } });
    const batch = [of('north'), of('south'), of('north')];
    expect(await sink.write(batch, noAbort())).toEqual(Array(3).fill({ ok: true }));
    expect((await new TopicReader(broker, `${prefix}.north`).all()).map(({ id }) => id)).toEqual([batch[0]?.id, batch[2]?.id]);
    expect(await sink.write([of('north'), of('no such/name')], noAbort())).toMatchObject(
      Array(2).fill({ ok: false, error: { errorClass: 'poison', wholeBatch: true } }),
    );
    expect(await sink.write([of('no such/name')], noAbort())).toMatchObject([
      { error: { message: expect.stringContaining('choose another') } },
    ]);
    await sink.close();
  });

  it('exactly once: the later session of a stream ends the earlier one and knows where it stood', async () => {
    const exactly = { topic: `exactly-${randomUUID()}`, delivery: 'exactly_once', partitions: 1 } as const;
    const [zombie, heir] = [kafkaSinkOf(exactly), kafkaSinkOf(exactly)];
    await zombie.open(noAbort());
    expect(await zombie.positions?.read(noAbort())).toEqual([]);
    const first = testEvent();
    expect(await zombie.positions?.write([first], 'place 1', noAbort())).toEqual([{ ok: true }]);
    // A replay keeps the position as it is.
    const replayed = testEvent();
    expect(await zombie.write([replayed], noAbort())).toEqual([{ ok: true }]);
    await heir.open(noAbort());
    expect(await heir.positions?.read(noAbort())).toEqual(['place 1']);
    expect(await zombie.positions?.write([testEvent()], 'place of a zombie', noAbort())).toMatchObject([
      { error: { errorClass: 'transient' } },
    ]);
    await heir.open(noAbort());
    expect(await heir.positions?.read(noAbort())).toEqual(['place 1']);
    const last = testEvent();
    expect(await heir.positions?.write([last], 'place 2', noAbort())).toEqual([{ ok: true }]);
    const ids = (await new TopicReader(broker, exactly.topic).take(3)).map(({ id }) => id);
    expect(ids).toEqual([first.id, replayed.id, last.id]);
    await Promise.all([zombie.close(), heir.close()]);
  });

  it('calls a topic that was deleted under it transient, and says so', async () => {
    const gone = `gone-${randomUUID()}`;
    const sink = sinkOn(gone);
    await sink.open(noAbort());
    await sink.write([testEvent()], noAbort());
    await broker.withAdmin((admin) => admin.deleteTopics({ topics: [gone] }));
    const [outcome] = await sink.write([testEvent()], noAbort());
    expect(outcome).toMatchObject({ ok: false, error: { errorClass: 'transient' } });
    await sink.close();
  });

  it('signs in, and tells a wrong password and a missing right from an outage', async () => {
    const as = (username: string): Partial<SinkTargetConfigOf<'Kafka'>> => ({
      brokers: [broker.sasl],
      sasl: { mechanism: 'plain', username },
    });
    const good = sinkOn(topic, as('app'), 'app-password');
    await good.open(noAbort());
    expect(await good.write([testEvent()], noAbort())).toEqual([{ ok: true }]);
    await good.close();

    const wrong = sinkOn(topic, as('app'), 'canary-password');
    const failure = await wrong.open(noAbort()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'sink_auth_failed' });
    expect(String(failure) + JSON.stringify(failure)).not.toContain('canary');
    expect(await wrong.write([testEvent()], noAbort())).toMatchObject([{ error: { errorClass: 'auth' } }]);
    await wrong.close();

    const guest = sinkOn(topic, as('guest'), 'guest-password');
    expect(await guest.write([testEvent()], noAbort())).toMatchObject([{ error: { errorClass: 'auth' } }]);
    await expect(sinkOn(`denied-${randomUUID()}`, as('guest'), 'guest-password').open(noAbort())).rejects.toMatchObject({
      kind: expect.stringMatching(/sink_(auth_failed|misconfigured)/),
    });
    await guest.close();
    // Who reads the topic is not for that user either: a sentence, no error.
    const asked = { isOurs: (name: string) => name === topic, ownGroup: '', nowMs: Date.now(), signal: noAbort() };
    const config = { type: 'Kafka' as const, brokers: [broker.sasl], tls: false, ...as('guest') };
    expect(await readConsumerLag({ ...asked, config, secret: 'guest-password' })).toMatchObject({
      groups: [],
      note: expect.stringContaining('may not'),
    });
  });
});
