import { expect, test } from 'vitest';
import { capLevel, capSentence, timelineNotice, walLevel, walSentence, walStatusNotice } from './wal-notices';

test.each([
  [0, 49, 0],
  [0, 50, 50],
  [0, 80, 75],
  [0, 250, 100],
  [50, 76, 75],
  [75, 66, 75],
  [75, 64, 50],
  [100, 91, 100],
  [100, 89, 75],
  [50, 41, 50],
  [50, 39, 0],
])('from level %i at %i %% of the budget to level %i, without flapping', (before, percent, after) => {
  expect(walLevel(before, percent, 100)).toBe(after);
});

test('a level is told with figures', () => {
  expect(walSentence(75, 800 * 2 ** 20, 1024 * 2 ** 20)).toBe('retained WAL passed 75 % of its budget: 800 MB of 1 GB');
  expect(walSentence(100, 2 ** 31, 2 ** 30)).toBe('the WAL budget is used up: 2 GB of 1 GB retained');
});

test('only what endangers a slot is told of its wal_status', () => {
  expect(walStatusNotice('reserved', 'extended')).toBeNull();
  expect(walStatusNotice(null, 'reserved')).toBeNull();
  expect(walStatusNotice('extended', 'unreserved')).toContain('lost at the next checkpoint');
  expect(walStatusNotice('unreserved', 'reserved')).toContain('safe again');
  expect(walStatusNotice('unreserved', 'lost'), 'that is a state of its own').toBeNull();
});

test('a promotion is told, and what was delivered that the new primary does not have', () => {
  const found = { timeline: 2, at: 'db2:5432', currentLsn: '0/3000000', slotName: 'spw_orders', there: true };
  expect(timelineNotice(null, found, null)).toBeNull();
  expect(timelineNotice(2, found, '0/4000000')).toBeNull();
  expect(timelineNotice(1, found, '0/2000000')).toMatch(/timeline 2 instead of 1, at db2:5432.*slot spw_orders is there$/);
  expect(timelineNotice(1, { ...found, there: false }, '0/4000000')).toMatch(/is not there\. It stands at .*16 MB/);
});

test.each([
  [0, 60, 0],
  [0, 50, 50],
  [50, 24, 75],
  [75, 9, 90],
  [90, 15, 90],
  [90, 21, 75],
  [75, -5, 90],
])('from level %i with %i %% of the cap left to level %i', (before, left, after) => {
  expect(capLevel(before, left, 100)).toBe(after);
});

test('what is left of the cap is told as it shrinks, not as it grows, and never without a cap', () => {
  expect(capLevel(0, null, 100)).toBe(0);
  expect(capLevel(0, 10, null)).toBe(0);
  expect(capSentence(50, 90, 5 * 2 ** 20, 64 * 2 ** 20)).toContain('used 90 % of the WAL that the server may keep for it: 5 MB of 64 MB');
  expect(capSentence(90, 75, 20 * 2 ** 20, 64 * 2 ** 20)).toBeNull();
  expect(capSentence(0, 0, 64 * 2 ** 20, 64 * 2 ** 20)).toBeNull();
});
