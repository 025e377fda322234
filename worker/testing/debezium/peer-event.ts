/** One message as a consumer gets it: JSON texts, null for no key and for a tombstone. */
export interface PeerEvent {
  /** Where it goes; only of what was captured with it. */
  readonly topic?: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}
