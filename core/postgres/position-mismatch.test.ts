import { expect, it } from 'vitest';
import { explainMismatch } from './position-mismatch';

it('names both positions, when ours was recorded, and what lies between', () => {
  const told = explainMismatch({
    slotName: 'spillway_orders',
    slotLsn: '0/500000',
    promisedLsn: '0/200000',
    promisedAt: '2026-11-21T09:00:00.123+00:00',
    consistentPoint: '0/100000',
  });
  expect(told).toContain('stands at 0/500000');
  expect(told).toContain('nothing beyond 0/200000, recorded 2026-11-21 09:00:00 UTC');
  expect(told).toContain('3 MB of WAL');
});
