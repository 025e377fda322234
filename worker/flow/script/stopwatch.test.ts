import { expect, test } from 'vitest';
import { ownThread, Stopwatch, threadClock, wallMs } from './stopwatch';

/** Time goes by, and a thread uses the processor for a part of it. */
function machine() {
  const now = { wall: 1_000, used: 50 };
  const shared = Stopwatch.memory();
  const watch = () =>
    new Stopwatch(
      shared,
      () => now.used,
      () => now.wall,
    );
  const meanwhile = (happens: () => void) => {
    const clock = () => {
      happens();
      return now.used;
    };
    return new Stopwatch(shared, clock, () => now.wall);
  };
  return { now, cell: watch(), watcher: watch(), meanwhile };
}

test('a run is over when it used its time on the processor, not when the machine did something else', () => {
  const { now, cell, watcher } = machine();
  cell.start(100);
  now.wall += 10_000;
  now.used += 60;
  expect([cell.isOver(), watcher.isOver()]).toEqual([false, false]);
  now.wall += 200;
  now.used += 70;
  expect([cell.isOver(), watcher.isOver(100)]).toEqual([true, false]);
  now.wall += 200;
  now.used += 100;
  expect(watcher.isOver(100)).toBe(true);
});

test('a run that ends while the other thread reads the clock is not over, nor is the one after it', () => {
  const { now, cell, meanwhile } = machine();
  cell.start(100);
  now.wall += 300;
  now.used += 50;
  const slow = meanwhile(() => {
    cell.stop();
    now.wall += 300;
    now.used += 300;
    cell.start(100);
  });
  expect(slow.isOver()).toBe(false);
});

test('between runs nothing is over', () => {
  const { now, cell, watcher } = machine();
  cell.start(100);
  cell.stop();
  now.wall += 500;
  now.used += 500;
  expect([cell.isOver(), watcher.isOver()]).toEqual([false, false]);
});

test('what the runs before used is not counted, though the clock is not read for each', () => {
  const { now, cell } = machine();
  for (let run = 0; run < 15; run++) {
    cell.start(100);
    now.wall += 9;
    now.used += 9;
    cell.stop();
  }
  cell.start(100);
  now.wall += 99;
  now.used += 99;
  expect(cell.isOver()).toBe(false);
  now.wall += 20;
  now.used += 20;
  expect(cell.isOver()).toBe(true);
});

test('the clock of a thread runs while it works', () => {
  const clock = threadClock(ownThread());
  const before = clock();
  const until = wallMs() + 50;
  let work = 0;
  while (wallMs() < until) work++;
  expect(work).toBeGreaterThan(0);
  expect(clock()).toBeGreaterThan(before);
});
