import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { RecoverySpec } from '@/core/spec/recovery';
import type { DeliveryError, ErrorClass } from '@/worker/sink/sink';
import { rig, ScriptedSink } from './test-doubles';

const deadLetter = (more: Partial<Extract<RecoverySpec, { type: 'DeadLetter' }>> = {}): RecoverySpec => ({
  type: 'DeadLetter',
  maxAttempts: 3,
  keyOrder: 'park',
  maxOpen: 1000,
  ...more,
});
const error = (errorClass: ErrorClass, wholeBatch = false): DeliveryError => ({ errorClass, message: errorClass, wholeBatch });
const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 5 });

describe('delivery', () => {
  it('waits out an outage: nothing lost, nothing dead, order kept, and the stream says so', async () => {
    const one = rig(deadLetter({ maxAttempts: 1 }));
    let down = true;
    one.sink.judgeBatch = () => (down ? error('transient') : null);
    for (let n = 1; n <= 20; n++) one.receive(n, String(n % 3));
    await until(() => expect(one.sink.batches.length).toBeGreaterThan(6));
    expect(one.conditions.at(-1)).toMatchObject({ state: 'retrying', errorKind: 'sink_unreachable' });
    expect(one.inFlight.confirmed).toBe(0n);
    down = false;
    await until(() => expect(one.inFlight.confirmed).toBe(2001n));
    expect(one.letters.letters).toEqual([]);
    expect(one.conditions.at(-1)).toBeNull();
    for (const key of ['0', '1', '2']) {
      const order = one.sink.delivered.map(Number).filter((n) => String(n % 3) === key);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
    await one.stop();
  });

  it('gives a refused event its attempts, keeps it, parks what follows of its key and lets others pass', async () => {
    const one = rig(deadLetter());
    one.sink.judge = (text) => (text === '2' ? error('contract') : null);
    for (const [n, key] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'b'],
      [4, 'a'],
      [5, 'b'],
    ] as const)
      one.receive(n, key);
    await until(() => expect(one.inFlight.confirmed).toBe(501n));
    expect(one.sink.delivered).toEqual(['1', '3', '5']);
    expect(one.letters.of('open')).toEqual(['2']);
    expect(one.letters.letters[0]?.attempts).toBe(3);
    expect(one.letters.of('parked')).toEqual(['4']);
    one.receive(6, 'a');
    await until(() => expect(one.letters.of('parked')).toEqual(['4', '6']));
    expect(one.endings('deadLettered')).toEqual(['2']);
    await one.stop();
  });

  it('replays once however often it is told, drains the followers in order, and only then lets live events of the key go', async () => {
    const one = rig(deadLetter({ maxAttempts: 1 }));
    one.sink.judge = (text) => (text === '1' ? error('contract') : null);
    for (let n = 1; n <= 4; n++) one.receive(n, 'a');
    await until(() => expect(one.letters.of('parked')).toEqual(['2', '3', '4']));
    one.sink.judge = () => null;
    one.letters.replay();
    one.delivery.lettersChanged();
    one.letters.replay();
    one.delivery.lettersChanged();
    one.receive(5, 'a');
    await until(() => expect(one.letters.letters).toEqual([]));
    one.receive(6, 'a');
    await until(() => expect(one.inFlight.confirmed).toBe(601n));
    expect(one.sink.delivered).toEqual(['1', '2', '3', '4', '5', '6']);
    await one.stop();
  });

  it('opens a replayed letter again when it is refused again, and frees the key when it is discarded', async () => {
    const one = rig(deadLetter({ maxAttempts: 1 }));
    one.sink.judge = (text) => (text === '1' ? error('contract') : null);
    one.receive(1, 'a');
    one.receive(2, 'a');
    await until(() => expect(one.letters.of('parked')).toEqual(['2']));
    one.letters.replay();
    one.delivery.lettersChanged();
    await until(() => expect(one.letters.of('open')).toEqual(['1']));
    one.letters.discard(one.letters.letters[0]?.id as string);
    one.delivery.lettersChanged();
    await until(() => expect(one.sink.delivered).toEqual(['2']));
    await one.stop();
  });

  it('does not touch letters when the sink is down during a replay', async () => {
    const one = rig(deadLetter({ maxAttempts: 1 }));
    one.sink.judge = () => error('contract');
    one.receive(1, 'a');
    await until(() => expect(one.letters.of('open')).toEqual(['1']));
    one.sink.judge = () => error('transient');
    one.letters.replay();
    one.delivery.lettersChanged();
    await until(() => expect(one.conditions.at(-1)?.errorKind).toBe('sink_unreachable'));
    expect(one.letters.of('replaying')).toEqual(['1']);
    one.sink.judge = () => null;
    await until(() => expect(one.sink.delivered).toEqual(['1']));
    await one.stop();
  });

  it.each([1, 25, 50])('finds the one bad event (number %i of 50) of a batch that is refused as a whole', async (bad) => {
    const one = rig(deadLetter({ maxAttempts: 2 }));
    one.sink.judgeBatch = (texts) => (texts.includes(String(bad)) ? error('contract', texts.length > 1) : null);
    for (let n = 1; n <= 50; n++) one.receive(n, String(n));
    await until(() => expect(one.inFlight.confirmed).toBe(5001n));
    expect(one.letters.of('open')).toEqual([String(bad)]);
    expect(one.sink.delivered).toHaveLength(49);
    expect(one.sink.batches.length).toBeLessThan(20);
    await one.stop();
  });

  it('stalls for ever with recovery None and goes on when the event is accepted', async () => {
    const one = rig({ type: 'None' });
    let refusing = true;
    one.sink.judge = (text) => (refusing && text === '1' ? error('contract') : null);
    for (let n = 1; n <= 3; n++) one.receive(n, 'a');
    await until(() => expect(one.conditions.at(-1)).toMatchObject({ state: 'retrying', errorKind: 'delivery_refused' }));
    const batches = one.sink.batches.length;
    await until(() => expect(one.sink.batches.length).toBeGreaterThan(batches + 3));
    expect(one.inFlight.confirmed).toBe(0n);
    refusing = false;
    await until(() => expect(one.sink.delivered).toEqual(['1', '2', '3']));
    await until(() => expect(one.conditions.at(-1)).toBeNull());
    await one.stop();
  });

  it('counts and settles with recovery Ignore', async () => {
    const one = rig({ type: 'Ignore', maxAttempts: 2 });
    one.sink.judge = (text) => (text === '1' ? error('contract') : null);
    one.receive(1, 'a');
    one.receive(2, 'a');
    await until(() => expect(one.inFlight.confirmed).toBe(201n));
    expect(one.endings('ignored')).toEqual(['1']);
    await one.stop();
  });

  it('keeps what the flow cannot make, and what is too large, without sending it', async () => {
    const one = rig(deadLetter());
    one.receive(1, 'a', 'throw');
    one.receive(2, 'b', 'x'.repeat(2_000));
    one.receive(3, 'a');
    await until(() => expect(one.inFlight.confirmed).toBe(301n));
    expect(one.letters.of('open').sort()).toEqual(['throw', 'x'.repeat(2_000)]);
    expect(one.letters.of('parked')).toEqual(['3']);
    expect(one.letters.letters.find(({ input }) => input.after?.[1] === 'throw')?.hasOutput).toBe(false);
    expect(one.sink.batches).toEqual([]);
    await one.stop();
  });

  it('settles nothing while a dead letter cannot be stored', async () => {
    const one = rig(deadLetter({ maxAttempts: 1 }));
    one.sink.judge = (text) => (text === '2' ? error('contract') : null);
    one.receive(1, 'a');
    await until(() => expect(one.inFlight.confirmed).toBe(101n));
    one.letters.down = true;
    one.receive(2, 'a');
    await until(() => expect(one.conditions.at(-1)?.errorKind).toBe('catalog_unavailable'));
    expect(one.inFlight.confirmed).toBe(101n);
    one.letters.down = false;
    await until(() => expect(one.inFlight.confirmed).toBe(201n));
    expect(one.letters.of('open')).toEqual(['2']);
    await until(() => expect(one.conditions.at(-1)).toBeNull());
    await one.stop();
  });

  it('goes on delivering without a catalog while there is nothing to keep', async () => {
    const one = rig(deadLetter());
    one.receive(1, 'a');
    await until(() => expect(one.inFlight.confirmed).toBe(101n));
    one.letters.down = true;
    one.delivery.lettersChanged();
    one.receive(2, 'a');
    await until(() => expect(one.inFlight.confirmed).toBe(201n));
    expect(one.conditions).toEqual([]);
    await one.stop();
  });

  it('does not park what comes again from before the dead letter of its key', async () => {
    const one = rig(deadLetter({ maxAttempts: 1 }));
    one.sink.judge = (text) => (text === '2' ? error('contract') : null);
    for (let n = 1; n <= 3; n++) one.receive(n, 'a');
    await until(() => expect(one.inFlight.confirmed).toBe(301n));
    await one.delivery.clear();
    one.inFlight.drop();
    for (let n = 1; n <= 4; n++) one.receive(n, 'a');
    await until(() => expect(one.inFlight.confirmed).toBe(401n));
    expect(one.sink.delivered).toEqual(['1', '1']);
    expect(one.letters.of('open')).toEqual(['2']);
    expect(one.letters.of('parked')).toEqual(['3', '4']);
    await one.stop();
  });

  it('stops as parked at the limit of letters and goes on when there are fewer', async () => {
    const one = rig(deadLetter({ maxAttempts: 1, maxOpen: 2 }));
    one.sink.judge = (text) => (Number(text) <= 3 ? error('contract') : null);
    for (let n = 1; n <= 4; n++) one.receive(n, String(n));
    await until(() => expect(one.conditions.at(-1)?.state).toBe('parked'));
    expect(one.letters.letters).toHaveLength(2);
    expect(one.inFlight.confirmed).toBe(201n);
    one.letters.discard(one.letters.letters[0]?.id as string);
    one.delivery.lettersChanged();
    await until(() => expect(one.inFlight.confirmed).toBe(401n));
    expect(one.letters.of('open')).toEqual(['2', '3']);
    await until(() => expect(one.conditions.at(-1)).toBeNull());
    await one.stop();
  });

  it('forgets the queue when the source connection is gone', async () => {
    const one = rig(deadLetter());
    one.sink.judgeBatch = () => error('transient');
    for (let n = 1; n <= 5; n++) one.receive(n, 'a');
    await until(() => expect(one.sink.batches.length).toBeGreaterThan(0));
    await one.delivery.clear();
    one.inFlight.drop();
    one.sink.judgeBatch = () => null;
    one.receive(1, 'a');
    await until(() => expect(one.inFlight.confirmed).toBe(101n));
    expect(one.sink.delivered).toEqual(['1']);
    await one.stop();
  });

  it('keeps the order of each key and ends everything once, whatever the sink answers', async () => {
    const answer = fc.constantFrom(null, null, null, error('transient'), error('contract'), error('throttled'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        fc.array(answer, { maxLength: 40 }),
        fc.constantFrom<RecoverySpec>(deadLetter({ maxAttempts: 2 }), { type: 'Ignore', maxAttempts: 1 }, { type: 'None' }),
        async (keys, partialOutcomes, answers, recovery) => {
          const one = rig(recovery, new ScriptedSink({ maxBatchEvents: 7, maxBatchBytes: 50, maxEventBytes: 50, partialOutcomes }));
          const script = [...answers];
          one.sink.judge = () => script.shift() ?? null;
          for (const [index, key] of keys.entries()) one.receive(index + 1, key);
          await until(() => expect(one.inFlight.confirmed).toBe(BigInt(keys.length * 100 + 1)));
          expect(one.ended.map(({ text }) => Number(text)).sort((x, y) => x - y)).toEqual(keys.map((_, index) => index + 1));
          one.letters.replay();
          one.delivery.lettersChanged();
          script.length = 0;
          await until(() => expect(one.letters.letters).toEqual([]));
          for (const key of new Set(keys)) {
            const order = one.sink.delivered.map(Number).filter((n) => keys[n - 1] === key);
            expect(order).toEqual([...new Set(order)].sort((x, y) => x - y));
          }
          await one.stop();
        },
      ),
      { numRuns: 60 },
    );
  }, 240_000);
});
