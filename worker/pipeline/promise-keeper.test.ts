import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SpillwayError } from '@/core/errors';
import { PROMISE_WINDOW, PromiseKeeper, promiseShare } from './promise-keeper';

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

/** 300 idle streams of one source hear of the same WAL; the most catalog writes of one step of it, after the first. */
async function mostWritesAtOnce(shareOf: (streamId: string) => number): Promise<number> {
  const STEP = 64n * 1024n;
  let writes = 0;
  const keepers = Array.from({ length: 300 }, (_, n) => {
    let promised = 0n;
    const store = async (lsn: bigint) => {
      writes++;
      promised = lsn;
    };
    const confirm = (lsn: bigint) => {
      if (lsn > promised) throw new Error(`${lsn} was confirmed, ${promised} promised`);
    };
    return new PromiseKeeper({ store, confirm, tell: () => undefined, onBreach: () => undefined, share: shareOf(`stream-${n}`) }, 0n);
  });
  let most = 0;
  for (let step = 1n; step <= 512n; step++) {
    writes = 0;
    for (const one of keepers) one.offer(step * STEP);
    await vi.advanceTimersByTimeAsync(0);
    if (step > 1n) most = Math.max(most, writes);
  }
  return most;
}

it('spreads the promises of streams that hear of the same WAL, none of them beyond the window', async () => {
  expect(await mostWritesAtOnce(() => 1)).toBe(300);
  expect(await mostWritesAtOnce(promiseShare)).toBeLessThan(30);
  for (const id of ['a', 'b', '00000000-0000-4000-8000-000000000001']) {
    expect(promiseShare(id)).toBe(promiseShare(id));
    expect(promiseShare(id)).toBeGreaterThanOrEqual(0.5);
    expect(promiseShare(id)).toBeLessThanOrEqual(1);
  }
});

it('comes again where the catalog has no connection left, each stream after a time of its own, and confirms nothing meanwhile', async () => {
  const tries: number[][] = [[], []];
  const refused = new SpillwayError('catalog_unavailable', 'the catalog did not take a statement (53300)');
  const subjects = tries.map((at, n) => {
    const confirmed: bigint[] = [];
    const store = async () => {
      at.push(Date.now());
      if (at.length < 3) throw refused;
    };
    const breaches: (string | null)[] = [];
    const subject = new PromiseKeeper(
      { store, confirm: (lsn) => confirmed.push(lsn), tell: () => undefined, onBreach: (text) => breaches.push(text), share: 0.5 + n / 4 },
      0n,
    );
    subject.offer(100n);
    return { confirmed, breaches };
  });
  await vi.advanceTimersByTimeAsync(900);
  expect(subjects.map(({ confirmed }) => confirmed)).toEqual([[], []]);
  await vi.advanceTimersByTimeAsync(700);
  expect(subjects).toEqual([
    { confirmed: [100n], breaches: [] },
    { confirmed: [100n], breaches: [] },
  ]);
  expect(tries.map(([first = 0, ...again]) => again.map((at) => at - first))).toEqual([
    [500, 1_000],
    [750, 1_500],
  ]);
});
