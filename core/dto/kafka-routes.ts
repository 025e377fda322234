/** Where real rows of a table would go: topics, and how evenly keys and partitions share them. */
export interface KafkaRoutes {
  /** Latest rows of the table that were looked at. */
  readonly rows: number;
  /** Most rows first, at most 20; `more` counts the others. */
  readonly topics: readonly { readonly name: string; readonly rows: number }[];
  readonly moreTopics: number;
  readonly keys: number;
  /** Share of the most frequent key, 0 to 1; null without keys. */
  readonly hottestKey: { readonly key: string; readonly share: number } | null;
  /** Asked for in the spec, else as many as assumed here. */
  readonly partitions: number;
  readonly partitionsAssumed: boolean;
  /** Share of the fullest partition of all topics together, 0 to 1; an even spread has 1 / partitions. */
  readonly hottestPartition: number;
  /** Rows that give no topic or no key, with the first reason. */
  readonly refused: number;
  readonly problem: string | null;
}
