import { expect, test } from 'vitest';
import { residentBytes } from './resident-bytes';

test('is what Node says of itself', () => {
  const ours = residentBytes(process.pid) ?? 0;
  expect(ours / process.memoryUsage.rss()).toBeGreaterThan(0.8);
  expect(ours / process.memoryUsage.rss()).toBeLessThan(1.25);
});

test('is not known of a process that is gone', () => {
  expect(residentBytes(2 ** 22 + 1)).toBeNull();
});
