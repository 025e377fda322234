import { expect, test } from 'vitest';
import { WalRate } from './wal-rate';

test('the WAL rate is known after 10 s and forgets another server’s positions', () => {
  const rate = new WalRate();
  rate.add(1_000n, 0);
  rate.add(6_000n, 5_000);
  expect(rate.bytesPerSec()).toBeNull();
  rate.add(21_000n, 10_000);
  expect(rate.bytesPerSec()).toBe(2_000);
  rate.add(500n, 13_000);
  expect(rate.bytesPerSec()).toBeNull();
});
