import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PROMISE_WINDOW, PromiseKeeper } from './promise-keeper';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function keeper(store: (lsn: bigint) => Promise<void>, promised = 0n) {
  const confirmed: bigint[] = [];
  const breaches: (string | null)[] = [];
  const told: bigint[] = [];
  return {
    confirmed,
    breaches,
    told,
    keeper: new PromiseKeeper(
      {
        store,
        confirm: (lsn) => confirmed.push(lsn),
        tell: (lsn) => told.push(lsn),
        onBreach: (message) => breaches.push(message),
      },
      promised,
    ),
  };
}

it('promises before it flushes, one catalog write for a window', async () => {
  const stored: bigint[] = [];
  let release: () => void = () => undefined;
  const { keeper: subject, confirmed } = keeper(
    (lsn) =>
      new Promise((resolve) => {
        stored.push(lsn);
        release = resolve;
      }),
  );
  subject.offer(100n);
  expect(stored).toEqual([100n + PROMISE_WINDOW]);
  expect(confirmed).toEqual([]);
  release();
  await vi.advanceTimersByTimeAsync(0);
  expect(confirmed).toEqual([100n]);
  for (let lsn = 101n; lsn < 200n; lsn++) subject.offer(lsn);
  expect(stored).toHaveLength(1);
  expect(confirmed.at(-1)).toBe(199n);
});

it('flushes anyway after the catalog was silent for its patience, and says so', async () => {
  let up = false;
  const {
    keeper: subject,
    confirmed,
    breaches,
    told,
  } = keeper(async () => {
    if (!up) throw new Error('down');
  });
  subject.offer(100n);
  await vi.advanceTimersByTimeAsync(4_900);
  expect(confirmed).toEqual([]);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(confirmed).toEqual([100n]);
  expect(told, 'the supervisor knows instead of the catalog').toEqual([100n + PROMISE_WINDOW]);
  expect(breaches).toHaveLength(1);
  subject.offer(150n);
  expect(confirmed.at(-1)).toBe(150n);
  expect(told, 'once for a window').toHaveLength(1);
  subject.offer(100n + PROMISE_WINDOW + 1n);
  expect(told).toEqual([100n + PROMISE_WINDOW, 101n + 2n * PROMISE_WINDOW]);
  up = true;
  await vi.advanceTimersByTimeAsync(1_100);
  expect(breaches.at(-1)).toBeNull();
});

it('hands over the last position at a clean end even without a catalog', async () => {
  const { keeper: subject, confirmed } = keeper(async () => {
    throw new Error('down');
  });
  subject.offer(100n);
  const finished = subject.finish();
  await vi.advanceTimersByTimeAsync(1_500);
  await finished;
  expect(confirmed.at(-1)).toBe(100n);
});

it('never confirms backwards', async () => {
  const { keeper: subject, confirmed } = keeper(async () => undefined, 1_000_000_000n);
  subject.offer(10n);
  subject.offer(5n);
  expect(confirmed).toEqual([10n]);
});

it('calls its position the last word only of a slot that it has moved itself', async () => {
  const still = keeper(async () => undefined).keeper;
  still.begin(100n, 100n);
  expect(await still.finish()).toBe(false);
  const moved = keeper(async () => undefined).keeper;
  moved.begin(100n, 100n);
  moved.offer(101n);
  moved.begin(101n, 101n);
  expect(await moved.finish()).toBe(true);
  expect(await keeper(async () => undefined).keeper.finish()).toBe(false);
});
