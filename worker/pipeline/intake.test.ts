import { describe, expect, it } from 'vitest';
import type { SourceItem, TransactionInfo } from '@/worker/source/source';
import { DEFAULT_LIMITS } from './assignment';
import { InFlight } from './in-flight';
import { Intake } from './intake';
import type { Pending } from './pending';
import { changeOf, plainFlow } from './test-doubles';

function intake(confirmed: bigint) {
  const pushed: Pending[] = [];
  const inFlight = new InFlight(confirmed);
  const made = new Intake({
    inFlight,
    flow: plainFlow,
    limits: DEFAULT_LIMITS,
    push: (items) => pushed.push(...items),
    onFiltered: () => undefined,
    onProgress: () => undefined,
    failpoint: () => undefined,
    now: () => 0,
  });
  const transaction = (commitLsn: bigint, n: number): void => {
    const info: TransactionInfo = { xid: 1, commitLsn, commitTimeUs: 0n, previousCommitLsn: null };
    const items: SourceItem[] = [
      { kind: 'begin', transaction: info },
      { kind: 'change', change: changeOf(n, `k${n}`) },
      { kind: 'commit', transaction: info, endLsn: commitLsn + 8n },
    ];
    for (const item of items) made.take(item);
  };
  return { made, pushed, inFlight, transaction };
}

describe('a connection that repeats', () => {
  it('is passed over up to what this process settled, and not one transaction further', () => {
    const { made, pushed, inFlight, transaction } = intake(108n);
    made.passOver(inFlight.confirmed);
    transaction(50n, 1);
    transaction(100n, 2); // ends at 108: settled
    expect(pushed).toEqual([]);
    expect(inFlight.entries).toBe(0);
    transaction(108n, 3); // begins where the confirmed position stands
    expect(pushed.map(({ change }) => change.after?.[1])).toEqual(['3']);
    expect(inFlight.confirmed).toBe(108n);
  });

  it('delivers everything when nothing is known to be settled, as on another timeline', () => {
    const { made, pushed, transaction } = intake(108n);
    made.passOver(0n);
    transaction(50n, 1);
    expect(pushed).toHaveLength(1);
  });

  it('takes no keepalive inside a repeated transaction for the end of anything', () => {
    const { made, inFlight } = intake(108n);
    made.passOver(108n);
    made.take({ kind: 'begin', transaction: { xid: 1, commitLsn: 50n, commitTimeUs: 0n, previousCommitLsn: null } });
    made.take({ kind: 'keepalive', walEnd: 500n });
    expect(inFlight.confirmed).toBe(108n);
  });
});
