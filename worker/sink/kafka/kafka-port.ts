/** One record. A null value is a tombstone: a compacted topic forgets the key. */
export interface KafkaRecord {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the sink needs of a Kafka client. One session: after a failed send it is abandoned and another one made. */
export interface KafkaSession {
  /** Connects and gets a producer id. */
  open(): Promise<void>;
  /** Partitions of the topic; 0 = there is no such topic. */
  partitionsOf(topic: string): Promise<number>;
  /** Makes the topic with the partitions and the replication that are the broker's defaults. */
  createTopic(topic: string): Promise<void>;
  /** Sends in order (per partition) with acks=all. Rejects unless every record is acknowledged. One call at a time. */
  send(topic: string, records: readonly KafkaRecord[]): Promise<void>;
  /** Ends at once: sockets are destroyed, and nothing of what was under way is sent afterwards. */
  abandon(): void;
  close(): Promise<void>;
}

export type OpenSession = () => KafkaSession;

/** The broker acknowledged some partitions only: what the others got is not known. */
export class IncompleteAcknowledgement extends Error {
  override readonly name = 'IncompleteAcknowledgement';
}
