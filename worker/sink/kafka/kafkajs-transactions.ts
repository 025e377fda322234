import { setTimeout as wait } from 'node:timers/promises';
import type { Admin, Producer, ProducerBatch, RecordMetadata, Transaction } from 'kafkajs';
import { typeOf } from './error-class';
import type { KeptPosition } from './kafka-port';

/** The coordinator writes the markers of the transaction before, ms. */
const MARKERS_MS = 15_000;

/** The group whose offsets hold the position of a stream; nobody is a member of it. */
export function positionGroup(transactionalId: string): string {
  return transactionalId;
}

/**
 * Transactions of one producer. The position is committed as an offset of a group inside the transaction (KIP-98): its metadata is
 * the position, on partition 0 of the batch's first topic, so that no topic of our own is needed. Two facts shape this:
 * - InitProducerId answers only when all markers of the transaction before are written, so that an offset read after it is the last
 *   committed one; kafkajs asks it with the first transaction.
 * - The first request of a transaction is told CONCURRENT_TRANSACTIONS while markers are still written. kafkajs repeats that for
 *   AddPartitionsToTxn only together with the whole send, and not at all for AddOffsetsToTxn: offsets go first here, repeated by us.
 */
export class KafkajsTransactions {
  private current: Transaction | null = null;
  private latest: KeptPosition = { text: '', offset: 0n };

  constructor(
    private readonly producer: Producer,
    private readonly id: string,
  ) {}

  /** Gets the producer id, which fences earlier producers of the same transactional id. */
  async begin(): Promise<void> {
    this.current = await this.producer.transaction();
  }

  async send(batch: ProducerBatch, position: KeptPosition = this.latest): Promise<RecordMetadata[]> {
    const transaction = this.current ?? (await this.producer.transaction());
    this.current = transaction;
    const anchor = batch.topicMessages?.[0]?.topic ?? '';
    const partition = { partition: 0, offset: String(position.offset), metadata: position.text };
    await whenMarkersAreWritten(() =>
      transaction.sendOffsets({ consumerGroupId: positionGroup(this.id), topics: [{ topic: anchor, partitions: [partition] }] }),
    );
    const acknowledged = await transaction.sendBatch(batch);
    this.latest = position;
    return acknowledged;
  }

  async commit(): Promise<void> {
    await this.current?.commit();
    this.current = null;
  }

  async read(admin: Admin): Promise<readonly KeptPosition[]> {
    const topics = await admin.fetchOffsets({ groupId: positionGroup(this.id) });
    const kept = topics
      .flatMap(({ partitions }) => partitions)
      .flatMap(({ offset, metadata }) => (metadata ? [{ text: metadata, offset: BigInt(offset) }] : []));
    this.latest = kept.reduce((best, each) => (each.offset >= best.offset ? each : best), this.latest);
    return kept;
  }
}

async function whenMarkersAreWritten(work: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + MARKERS_MS; ; await wait(5)) {
    try {
      return await work();
    } catch (error) {
      if (typeOf(error) !== 'CONCURRENT_TRANSACTIONS' || Date.now() > deadline) throw error;
    }
  }
}
