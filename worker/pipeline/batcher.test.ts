import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batchable, cutBatch } from './batcher';

interface Item extends Batchable {
  readonly n: number;
}
const item = (n: number, scope: string, more: Partial<Batchable> = {}): Item => ({
  n,
  scope,
  bytes: 10,
  notBefore: 0,
  solo: false,
  ...more,
});
const cut = (queue: Item[], partialOutcomes: boolean, maxEvents = 100, maxBatchBytes = 1000, now = 0) =>
  cutBatch(queue, { partialOutcomes, maxBatchBytes }, maxEvents, now);
const numbers = (items: readonly Item[]) => items.map(({ n }) => n);

describe('cutBatch', () => {
  it('lets nothing pass what waits where the batch has to be a part of the stream', () => {
    const strict = (queue: Item[], now = 0) => {
      const { batch, wakeAt } = cutBatch(queue, { partialOutcomes: false, maxBatchBytes: 1000 }, 100, now, true);
      return [numbers(batch), wakeAt];
    };
    expect(strict([item(1, 'a'), item(2, 'b', { notBefore: 5 }), item(3, 'c')])).toEqual([[1], 5]);
    expect(strict([item(2, 'b', { notBefore: 5 }), item(3, 'c')])).toEqual([[], 5]);
    expect(strict([item(1, 'a'), item(2, 'b', { solo: true }), item(3, 'c')])).toEqual([[1], null]);
    expect(strict([item(2, 'b', { solo: true }), item(3, 'c')], 9)).toEqual([[2], null]);
  });
  it('takes one event of a key where the sink may refuse some, and lets other keys overtake', () => {
    expect(numbers(cut([item(1, 'a'), item(2, 'a'), item(3, 'b'), item(4, 'a')], true).batch)).toEqual([1, 3]);
  });
  it('takes all of a key in order where the sink takes or refuses a batch in order', () => {
    expect(numbers(cut([item(1, 'a'), item(2, 'a'), item(3, 'b')], false).batch)).toEqual([1, 2, 3]);
  });
  it('stops at the limits but always takes one', () => {
    expect(numbers(cut([item(1, 'a'), item(2, 'b'), item(3, 'c')], false, 2).batch)).toEqual([1, 2]);
    expect(numbers(cut([item(1, 'a', { bytes: 5000 }), item(2, 'b')], false).batch)).toEqual([1]);
    expect(numbers(cut([item(1, 'a'), item(2, 'b', { bytes: 995 }), item(3, 'c')], false).batch)).toEqual([1]);
  });
  it('holds a key while its first event waits for its next attempt, and says when to come back', () => {
    const waiting = [item(1, 'a', { notBefore: 50 }), item(2, 'a'), item(3, 'b')];
    expect(numbers(cut(waiting, false).batch)).toEqual([3]);
    const only = cut(waiting.slice(0, 2), false);
    expect([numbers(only.batch), only.wakeAt]).toEqual([[], 50]);
    expect(numbers(cut(waiting, false, 100, 1000, 50).batch)).toEqual([1, 2, 3]);
  });
  it('sends a suspect alone', () => {
    expect(numbers(cut([item(1, 'a', { solo: true }), item(2, 'b')], true).batch)).toEqual([1]);
    expect(numbers(cut([item(1, 'a'), item(2, 'b', { solo: true }), item(3, 'b')], true).batch)).toEqual([1]);
  });

  it('keeps the order of each key and sends everything once, whatever is refused how often', () => {
    const scenario = fc.record({
      scopes: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 40 }),
      partial: fc.boolean(),
      maxEvents: fc.integer({ min: 1, max: 8 }),
      refusals: fc.infiniteStream(fc.boolean()),
    });
    fc.assert(
      fc.property(scenario, ({ scopes, partial, maxEvents, refusals }) => {
        let queue = scopes.map((scope, n) => item(n, scope));
        const delivered: Item[] = [];
        let now = 0;
        for (let turn = 0; queue.length > 0 && turn < 2000; turn++) {
          const { batch, wakeAt } = cut(queue, partial, maxEvents, 35, now);
          if (batch.length === 0) {
            expect(wakeAt).not.toBeNull();
            now = wakeAt as number;
            continue;
          }
          // Partial sinks refuse any; the others refuse from some place on.
          let refusing = false;
          const refused = new Set<Item>();
          for (const one of batch) {
            refusing = (!partial && refusing) || (turn < 500 && refusals.next().value === true);
            if (refusing) refused.add(one);
            else delivered.push(one);
          }
          const sent = new Set(batch);
          const first = batch.find((one) => refused.has(one));
          queue = queue
            .filter((one) => !sent.has(one) || refused.has(one))
            .map((one) => (one.n === first?.n || (partial && refused.has(one)) ? { ...one, notBefore: now + 5 } : one));
          now++;
        }
        expect(queue).toEqual([]);
        expect(numbers(delivered).sort((x, y) => x - y)).toEqual(scopes.map((_, n) => n));
        for (const scope of new Set(scopes)) {
          const order = numbers(delivered.filter((one) => one.scope === scope));
          expect(order).toEqual([...order].sort((x, y) => x - y));
        }
      }),
    );
  });
});
