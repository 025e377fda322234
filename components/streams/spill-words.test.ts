import { expect, it } from 'vitest';
import { secondsToEmpty, spillWords } from './spill-words';

const figures = { spilled: 90_000, spilledBytes: 1024 * 1024, spilledInPerSec: 2_000, spilledOutPerSec: 5_000 };

it('tells when the buffer is empty, and only while it shrinks', () => {
  expect(secondsToEmpty(figures)).toBe(30);
  expect(spillWords(figures)).toMatch(/^90,000 events in 1(\.0)? M.*Empty in about 30 s\.$/);
  expect(secondsToEmpty({ ...figures, spilledOutPerSec: 0 })).toBeNull();
  expect(spillWords({ ...figures, spilledOutPerSec: 0 })).not.toMatch(/Empty/);
});
