import { expect, it } from 'vitest';
import { ReadingPace } from './reading-pace';
import { SlotGuard } from './slot-guard';

it('tells once when the slot would not outlast the reading, and once when it is safe again', () => {
  const guard = new SlotGuard({ rows: 0, total: 1_000_000 }, 0);
  const turns: string[] = [];
  for (let second = 1; second <= 200; second++) {
    guard.advanced({ rows: Math.min(second, 60) * 1_000, total: 1_000_000 }, second * 1_000);
    // 1 MB/s shorter for a minute, then as large as it can be.
    const safeWalBytes = second <= 60 ? (500 - second) * 1e6 : 900e6;
    const { verdict, turned } = guard.judge({ at: second * 1_000, walStatus: 'extended', safeWalBytes });
    if (turned) turns.push(`${second} ${verdict.kind}`);
  }
  expect(turns).toHaveLength(2);
  expect(turns[0]).toMatch(/^3\d hold$/);
  expect(turns[1]).toMatch(/^\d+ read$/);
});

it('measures rows per second, and begins anew with a reading', () => {
  const pace = new ReadingPace(0, 0);
  expect(pace.perSec).toBe(0);
  for (let second = 1; second <= 20; second++) pace.note(second * 500, second * 1_000);
  expect(pace.perSec).toBeCloseTo(500);
  for (let second = 21; second <= 80; second++) pace.note(10_000, second * 1_000);
  expect(pace.perSec).toBeLessThan(1);
  pace.note(0, 81_000);
  expect(pace.perSec).toBe(0);
});
