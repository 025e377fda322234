/** Who reads what a stream writes into Kafka, and how far behind: read from the brokers when asked. */
export interface ConsumerLag {
  /** Topics of the stream that exist, at most 50. */
  readonly topics: readonly string[];
  readonly moreTopics: number;
  /** Groups that ever committed an offset on them, most records behind first, at most 20. */
  readonly groups: readonly ConsumerGroup[];
  readonly moreGroups: number;
  /** What could not be read, and why, in sentences; null = nothing. */
  readonly note: string | null;
}

export interface ConsumerGroup {
  readonly id: string;
  /** Null where the brokers do not tell. */
  readonly members: number | null;
  /** Records between what the group committed and the end of the log, over the partitions it committed for. */
  readonly lag: number;
  /** Partitions that the group never committed an offset for: how far it is there is not known. */
  readonly uncommittedPartitions: number;
  /** The oldest record that waits is at least this old, ms; 0 = younger than a minute; null = none waits. */
  readonly waitingOverMs: number | null;
}
