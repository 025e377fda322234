import { expect, it } from 'vitest';
import { InFlight } from './in-flight';
import { Ledger } from './ledger';
import { pendingOf, transform } from './pending';
import { DeliveryStats } from './stats';
import { changeOf, plainFlow } from './test-doubles';

function pending(n: number, text: string) {
  const flight = new InFlight(0n);
  flight.begin(0, 0n);
  const change = { ...changeOf(n, 'k'), after: ['k', text] };
  const [item] = pendingOf(change, transform(plainFlow, change, 0n), flight.addEvent(1), 0);
  if (!item) throw new Error('a message expected');
  return item;
}

it('keeps the last 20 delivered events, newest first, payloads cut between characters at 4 KiB, once', () => {
  const stats = new DeliveryStats();
  for (let n = 1; n <= 25; n++) stats.delivered(pending(n, `n${n}`), n);
  stats.delivered(pending(26, `x${'é'.repeat(4_000)}`), 26);
  const last = stats.takeLast();
  expect(last).toHaveLength(20);
  expect(last[0]?.payload).toBe(`x${'é'.repeat(2_047)}…`);
  expect(last[0]?.bytes).toBe(8_001);
  expect(last[1]?.payload).toBe('n25');
  expect(stats.takeLast()).toEqual([]);
});

it('says how late the latest event was, at least the age of what is in flight, and never less than nothing', () => {
  const stats = new DeliveryStats();
  expect(stats.lagMs(null, 5_000)).toBeNull();
  stats.delivered(pending(1, 'a'), 1_250); // committed at 1 s
  expect(stats.lagMs(null, 99_000)).toBe(250);
  expect(stats.lagMs(1_000_000n, 4_000)).toBe(3_000);
  stats.delivered(pending(2, 'a'), 400); // the server's clock is ahead
  expect(stats.lagMs(null, 400)).toBe(0);
});

it('balances: what was in flight when a process died is decoded again, not counted twice', () => {
  const ledger = new Ledger({ decoded: 110, delivered: 90, filtered: 5, deadLettered: 3, parked: 2, ignored: 0, spilled: 0 });
  ledger.count('delivered');
  expect(ledger.read(7)).toEqual({ decoded: 108, delivered: 91, filtered: 5, deadLettered: 3, parked: 2, ignored: 0, spilled: 0 });
});
