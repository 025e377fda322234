import { expect, test } from 'vitest';
import { restartDelay } from './restart-policy';

test('the first death, and one after a steady run, is answered within half a second', () => {
  expect(restartDelay(undefined, 0)).toBeLessThan(500);
  expect(restartDelay(15_000, 60_000)).toBeLessThan(500);
});

test('a process that keeps dying is tried ever more rarely, up to every 15 s', () => {
  const delays = [restartDelay(undefined, 5)];
  for (let i = 0; i < 10; i++) delays.push(restartDelay(delays.at(-1), 5));
  expect(delays.slice(0, 4)).toEqual([250, 500, 1000, 2000]);
  expect(delays.at(-1)).toBe(15_000);
});
