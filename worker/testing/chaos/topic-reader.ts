import { randomUUID } from 'node:crypto';
import type { Consumer, Kafka, KafkaMessage } from 'kafkajs';
import type { TimedArrival } from './ledger-peer';

/** A consumer that has brought nothing for so long, while something is missing, is replaced, ms. */
const SILENT_MS = 15_000;

/** The ledger of a topic: what a read_committed consumer sees of it, each record once, cycle by cycle. */
export class TopicReader {
  private ledger: TimedArrival[] = [];
  /** Of each partition, what to read next. */
  private readonly next = new Map<number, bigint>();
  private consumer: Consumer | null = null;
  private heardAt = Date.now();

  constructor(
    private readonly client: Kafka,
    readonly topic: string,
  ) {}

  /** Reads on, in a group of its own: nobody waits for the session of a consumer that lost its broker. */
  async follow(): Promise<void> {
    await this.leave();
    this.heardAt = Date.now();
    const consumer = this.client.consumer({
      groupId: randomUUID(),
      readUncommitted: false,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: 200,
    });
    this.consumer = consumer;
    await consumer.connect();
    await consumer.subscribe({ topic: this.topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachMessage: async ({ partition, message }) => this.note(partition, message) });
    for (const [partition, offset] of this.next) consumer.seek({ topic: this.topic, partition, offset: String(offset) });
  }
  async leave(): Promise<void> {
    const consumer = this.consumer;
    this.consumer = null;
    await consumer?.disconnect().catch(() => undefined);
  }
  /** The topic is another one now, under the same name. */
  forget(): void {
    this.next.clear();
  }

  /** Of this cycle so far; a reader that seems to have lost its broker begins anew. */
  async soFar(): Promise<readonly TimedArrival[]> {
    if (Date.now() - this.heardAt > SILENT_MS) await this.follow();
    return this.ledger;
  }
  take(): readonly TimedArrival[] {
    return this.ledger.splice(0);
  }

  private note(partition: number, { offset, key, value, headers, timestamp }: KafkaMessage): void {
    this.heardAt = Date.now();
    if (BigInt(offset) < (this.next.get(partition) ?? 0n)) return;
    this.next.set(partition, BigInt(offset) + 1n);
    this.ledger.push({
      eventId: String(headers?.['spillway.id']),
      key: key?.toString() ?? null,
      value: value && JSON.parse(String(value)),
      at: Number(timestamp),
      epoch: Number(headers?.['spillway.epoch']),
    });
  }
}
