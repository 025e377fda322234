/** One record, made for one sending. A null value is a tombstone: a compacted topic forgets the key. */
export interface KafkaRecord {
  readonly topic: string;
  readonly key: string | Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Time of the record, ms since the Unix epoch, in digits; absent = when it is sent. */
  readonly timestamp?: string;
  /** Picks the partition of so many; absent = the hash of the key, as Java clients do. */
  readonly choose?: (partitions: number) => number;
  /** Where it goes: kept by the session at the first try, so that every other try goes there, too. */
  partition?: number;
}

/** What a topic is like; `cleanupPolicy` is null when this user may not read the topic's settings. */
export interface TopicFacts {
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly cleanupPolicy: string | null;
}

/** What a topic is made with; what is missing is the broker's default. */
export interface TopicSettings {
  readonly partitions?: number;
  readonly replicationFactor?: number;
  readonly cleanupPolicy?: string;
}

/** A position of the stream, kept in the transaction of the records. */
export interface KeptPosition {
  readonly text: string;
  /** Shown as the offset of the group: the commit LSN. */
  readonly offset: bigint;
}

/** What the sink needs of a Kafka client. One session: after a failed send it is abandoned and another one made. */
export interface KafkaSession {
  /** Connects and gets a producer id. A transactional one also ends whatever an earlier session of the same id had begun. */
  open(): Promise<void>;
  /** Null = there is no such topic. */
  topic(name: string): Promise<TopicFacts | null>;
  createTopic(name: string, settings: TopicSettings): Promise<void>;
  /**
   * Sends in order (per partition) with acks=all. Rejects unless every record is acknowledged. One call at a time. A transactional
   * session sends them in one transaction and keeps `position` (else the latest) in it.
   */
  send(records: readonly KafkaRecord[], position?: KeptPosition): Promise<void>;
  /** Positions that were kept, of transactional sessions of the same id; after `open()`. */
  positions(): Promise<readonly KeptPosition[]>;
  /** Ends at once: sockets are destroyed, and nothing of what was under way is sent afterwards. */
  abandon(): void;
  close(): Promise<void>;
}

/** `transactional` = for the stream itself; else a session that leaves its transactions alone. */
export type OpenSession = (transactional: boolean) => KafkaSession;

/** The broker acknowledged some partitions only: what the others got is not known. */
export class IncompleteAcknowledgement extends Error {
  override readonly name = 'IncompleteAcknowledgement';
}
