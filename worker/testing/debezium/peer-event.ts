/** One message as a consumer gets it: JSON texts, null for no key and for a tombstone. */
export interface PeerEvent {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}
