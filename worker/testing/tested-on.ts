/** What stands on the other side of a test, as `npm test` prints it before its closing line. */
export interface Peer {
  /** What is tested against it, in the words of the spec: `Kafka`, `SqsFifo`. */
  readonly of: string;
  /** `real`: the program that production has, or another one that people use in its place. `ours`: written for these tests. */
  readonly kind: 'real' | 'ours';
  /** With its version and where it comes from, taken from what is started. */
  readonly name: string;
  /** Why it is ours, or what else there is to know. */
  readonly why?: string;
  /** Why it is not on this machine: the tests are skipped. */
  readonly missing?: string | null;
}

declare module 'vitest' {
  interface TaskMeta {
    peer?: Peer;
  }
}

/** Options of a `describe` or an `it` whose tests have this peer. The report of the run carries it to `npm test` (local/peers.mjs). */
export const testedOn = (peer: Peer): { meta: { peer: Peer } } => ({ meta: { peer } });
