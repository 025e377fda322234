import { createHash } from 'node:crypto';
import { parseLsn } from '@/core/postgres/lsn';
import { comparable, judge } from '../invariants';
import type { CommittedChange } from '../oracle';
import type { TimedArrival } from './ledger-peer';

export interface CycleVerdict {
  /** In words; empty when I1 to I4 hold. */
  readonly problems: readonly string[];
  readonly first: readonly TimedArrival[];
  /** Ids that had arrived before, each as often as it came again. */
  readonly repeated: readonly string[];
}

/** Compares what one stream committed with what arrived, cycle by cycle: each cycle begins with nothing under way. */
export class StreamChecker {
  private readonly seen = new Map<string, string>();
  private epoch = 0;

  check(committed: readonly CommittedChange[], arrivals: readonly TimedArrival[]): CycleVerdict {
    const problems: string[] = [];
    const first: TimedArrival[] = [];
    const repeated: string[] = [];
    for (const arrival of arrivals) {
      const { eventId, epoch = this.epoch } = arrival;
      if (epoch < this.epoch) problems.push(`I10: event ${eventId} was sent by epoch ${epoch} after epoch ${this.epoch} had sent`);
      this.epoch = Math.max(this.epoch, epoch);
      const digest = createHash('sha1').update(comparable(arrival.value)).digest('base64');
      const known = this.seen.get(arrival.eventId);
      if (known === undefined) {
        this.seen.set(arrival.eventId, digest);
        first.push(arrival);
        continue;
      }
      repeated.push(arrival.eventId);
      if (known !== digest) problems.push(`I4: event ${arrival.eventId} came again with other bytes`);
    }
    return { problems: [...problems, ...judge(committed, first).problems], first, repeated };
  }

  /** Events that arrived in this cycle for the first time so far. */
  fresh(arrivals: readonly TimedArrival[]): number {
    return new Set(arrivals.map(({ eventId }) => eventId).filter((id) => !this.seen.has(id))).size;
  }
}

/** Commit LSN of an event id, `system/HIGH-LOW/number`. */
export function commitOf(eventId: string): bigint {
  return parseLsn((eventId.split('/')[1] ?? '').replace('-', '/'));
}
