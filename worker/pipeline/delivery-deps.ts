import type { RecoverySpec } from '@/core/spec/recovery';
import type { DeliveryError, Sink } from '@/worker/sink/sink';
import type { Condition } from './condition';
import type { Spilling } from './detour';
import type { Failpoint } from './failpoints';
import type { KeptPositions } from './kept-position';
import type { Ending, Pending } from './pending';
import type { RecoveryDesk } from './recovery-desk';

/** What the delivery loop is given. */
export interface DeliveryDeps {
  readonly sink: Sink;
  /** Connects the sink; null when that worked. Rejects when only a person can mend it. */
  readonly openSink: (signal: AbortSignal) => Promise<DeliveryError | null>;
  /** Of a sink that keeps the stream's position with the events. */
  readonly positions?: KeptPositions | null;
  readonly recovery: RecoverySpec;
  readonly desk: RecoveryDesk;
  /** The way around a sink that is down, and when it is taken. Absent = there is none. */
  readonly spilling?: Spilling | null;
  readonly lingerMs: number;
  /** Ends sends that are under way; set when a clean stop takes too long. */
  readonly signal: AbortSignal;
  /** A message ended, `at` so many ms; called once for each. */
  readonly onEnded: (item: Pending, ending: Ending, at: number) => void;
  /** After each turn in which messages ended. */
  readonly onProgress: () => void;
  /** Why delivery stands still, or null; called when that changes. */
  readonly onCondition: (condition: Condition | null) => void;
  readonly failpoint: Failpoint;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}
