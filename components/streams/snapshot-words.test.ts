import { expect, it } from 'vitest';
import type { SnapshotDto } from '@/core/dto/stream';
import { aboutRows, originWords, progressWords, shareOf } from './snapshot-words';

const running: SnapshotDto = {
  kind: 'again',
  status: 'running',
  scope: 'the whole table',
  rows: 412_000,
  total: 1_204_312,
  perSec: 8_300,
  etaSeconds: 120,
  waitsFor: null,
  requestedBy: 'Lena',
  reason: 'the receiver lost a day',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: null,
  note: null,
};

it('says how far, how fast and how long', () => {
  expect(progressWords(running)).toBe('412,000 of about 1.2 million rows, 8,300 rows/s, about 2 min left');
  expect(progressWords({ ...running, total: null, etaSeconds: null })).toBe('412,000 rows read, 8,300 rows/s');
  expect(progressWords({ ...running, status: 'paused', perSec: 0, etaSeconds: null })).toBe('412,000 of about 1.2 million rows');
  expect(progressWords({ ...running, status: 'done', finishedAt: '2026-01-01T00:02:00Z' })).toBe('412,000 rows in 2 min');
  expect(progressWords({ ...running, status: 'cancelled' })).toBe('412,000 rows read');
  expect(originWords(running)).toBe('The whole table, asked for by Lena: the receiver lost a day');
});

it('shows an estimate as one, and is full only at the end', () => {
  expect([0, 7, 12_345, 999_999, 34_000_000].map(aboutRows)).toEqual([
    'about 0 rows',
    'about 7 rows',
    'about 12,000 rows',
    'about 1 million rows',
    'about 34 million rows',
  ]);
  expect(shareOf(running)).toBeCloseTo(0.34);
  expect(shareOf({ ...running, rows: 2_000_000 })).toBe(0.99);
  expect(shareOf({ ...running, status: 'done' })).toBe(1);
  expect(shareOf({ ...running, total: null })).toBeNull();
});
