import { Kafka, logLevel } from 'kafkajs';
import { KafkaUnavailable, kafkaJars } from '@/local/kafka-jars';
import { startOwnKafka, type TestKafka } from '../kafka';
import { freePort } from '../postgres';
import { TcpProxy } from '../tcp-proxy';
import { signal } from './processes';
import { TopicReader } from './topic-reader';

export const PARTITIONS = 3;

/** A broker of the run's own. Pipelines reach it through a proxy; whoever reads the ledgers does not. */
export class ChaosKafka {
  readonly readers = new Map<string, TopicReader>();
  private readonly client: Kafka;

  private constructor(
    private readonly broker: TestKafka,
    readonly proxy: TcpProxy,
    /** How long the broker took until it answered, ms. */
    readonly startMs: number,
  ) {
    const retry = { initialRetryTime: 100, maxRetryTime: 500, retries: 60 };
    this.client = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING, retry });
  }

  /** Throws KafkaUnavailable. */
  static async start(seed: number): Promise<ChaosKafka> {
    const from = Date.now();
    const behind = await freePort();
    const proxy = await TcpProxy.start({ host: '127.0.0.1', port: behind }, seed);
    try {
      const broker = await startOwnKafka((port, controllerPort) => ({
        listeners: `PLAINTEXT://127.0.0.1:${port},PROXIED://127.0.0.1:${behind},CONTROLLER://127.0.0.1:${controllerPort}`,
        'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},PROXIED://127.0.0.1:${proxy.port}`,
        'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT',
        'inter.broker.listener.name': 'PLAINTEXT',
        'auto.create.topics.enable': 'false',
        // When it was written, by the clock that also times the slots; not when it was made.
        'log.message.timestamp.type': 'LogAppendTime',
      }));
      return new ChaosKafka(broker, proxy, Date.now() - from);
    } catch (error) {
      await proxy.stop();
      throw error;
    }
  }

  /** What a sink target names. */
  get bootstrap(): string {
    return `127.0.0.1:${this.proxy.port}`;
  }
  /** Makes the topic and follows it. */
  async topic(name: string): Promise<TopicReader> {
    await this.make([name]);
    const reader = new TopicReader(this.client, name);
    this.readers.set(name, reader);
    await reader.follow();
    return reader;
  }

  async kill9AndRestart(downMs: number): Promise<void> {
    await this.broker.kill9();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.broker.restart();
    await this.followAgain();
  }
  async freeze(ms: number): Promise<void> {
    signal(this.broker.pid, 'SIGSTOP');
    try {
      await new Promise((resolve) => setTimeout(resolve, ms));
    } finally {
      signal(this.broker.pid, 'SIGCONT');
    }
    await this.followAgain();
  }
  /** Deletes every topic, waits for `meanwhile`, and makes them again, empty. */
  async withoutTopics(meanwhile: () => Promise<void>): Promise<void> {
    const names = [...this.readers.keys()];
    for (const reader of this.readers.values()) await reader.leave();
    await this.asAdmin((admin) => admin.deleteTopics({ topics: names }));
    try {
      await meanwhile();
    } finally {
      await this.make(names);
      for (const reader of this.readers.values()) {
        reader.forget();
        await reader.follow();
      }
    }
  }
  async stop(): Promise<void> {
    await Promise.all([...this.readers.values()].map((reader) => reader.leave()));
    await this.proxy.stop();
    await this.broker.stop();
  }

  private async followAgain(): Promise<void> {
    for (const reader of this.readers.values()) await reader.follow();
  }
  private async make(names: readonly string[]): Promise<void> {
    await this.asAdmin((admin) =>
      admin.createTopics({
        topics: names.map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1 })),
        waitForLeaders: true,
      }),
    );
  }
  private async asAdmin(work: (admin: ReturnType<Kafka['admin']>) => Promise<unknown>): Promise<void> {
    const admin = this.client.admin();
    await admin.connect();
    try {
      await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

/** Null when the machine can not have a broker, with the reason; whoever asked for it by name is told by an error. */
export function whyNoKafka(say: (line: string) => void): string | null {
  try {
    kafkaJars(say);
    return null;
  } catch (error) {
    if (error instanceof KafkaUnavailable) return error.message;
    throw error;
  }
}
