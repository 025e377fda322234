import { expect, it, vi } from 'vitest';
import { SpillwayError } from '@/core/errors';
import { SPILL_DEFAULTS } from '@/core/spec/spill';
import type { DeliveryError } from '@/worker/sink/sink';
import { MemoryBuffer } from './memory-spill';
import { rig, ScriptedSink } from './test-doubles';

const DOWN: DeliveryError = { errorClass: 'transient', message: 'no answer' };
const REFUSED: DeliveryError = { errorClass: 'contract', message: 'refused' };
const LETTERS = { type: 'DeadLetter', maxAttempts: 1, keyOrder: 'park', maxOpen: 1_000 } as const;
const LIMITS = { maxBatchEvents: 50, maxBatchBytes: 1_000_000, maxEventBytes: 1_000, partialOutcomes: false };
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

/** A stream that spills as soon as its sink is down: half of its WAL budget is used. */
function stream(buffer: MemoryBuffer, sink: ScriptedSink, epoch = 1, refusal: string | null = null) {
  const spec = { ...SPILL_DEFAULTS, afterSeconds: 3_600 };
  const one = rig(LETTERS, sink, undefined, { store: buffer.store(epoch), place: async () => refusal, spec });
  one.delivery.walSeen({ retainedBytes: 50, budgetBytes: 100 });
  return one;
}
const kept = (buffer: MemoryBuffer) => buffer.batches.reduce((sum, { events }) => sum + events, 0);
const texts = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

it('puts what comes while the sink is down into the buffer, confirms it, and delivers it in order before what is live', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  const one = stream(buffer, sink);
  one.receive(1, 'a');
  await until(() => expect(sink.delivered).toEqual(['1']));
  let down = true;
  sink.judgeBatch = () => (down ? DOWN : null);
  for (let n = 2; n <= 300; n++) one.receive(n, `k${n % 7}`);
  await until(() => expect(kept(buffer)).toBe(299));
  expect(one.inFlight.confirmed).toBe(30_001n);
  expect(one.conditions.at(-1)?.state).toBe('spilling');
  down = false;
  for (let n = 301; n <= 320; n++) one.receive(n, `k${n % 7}`);
  await until(() => expect(sink.delivered).toEqual(texts(1, 320)));
  await until(() => expect(buffer.batches).toEqual([]));
  await until(() => expect(one.conditions.at(-1)).toBeNull());
  expect(one.conditions.map((condition) => condition?.state)).toContain('draining');
  one.receive(321, 'a');
  await until(() => expect(sink.delivered.at(-1)).toBe('321'));
  expect(one.ended.at(-1)).toEqual({ text: '321', ending: 'delivered' });
  await one.stop();
});

it('makes letters of poison while it drains, parks what is behind it, and never makes one of the outage', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  let down = true;
  sink.judgeBatch = () => (down ? DOWN : null);
  sink.judge = (text) => (text === '5' ? REFUSED : null);
  const one = stream(buffer, sink);
  for (let n = 1; n <= 20; n++) one.receive(n, n === 5 || n === 9 ? 'poisoned' : `k${n}`);
  one.receive(21, 'made of nothing', 'throw');
  await until(() => expect(kept(buffer)).toBe(21));
  expect(one.letters.letters).toEqual([]);
  down = false;
  await until(() => expect(buffer.batches).toEqual([]));
  expect(one.letters.of('open')).toEqual(['5', 'throw']);
  expect(one.letters.of('parked')).toEqual(['9']);
  expect(sink.delivered).toEqual(texts(1, 20).filter((text) => text !== '5' && text !== '9'));
  await one.stop();
});

it('takes over what another process left, passes over what comes again, and shuts the other out', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  let down = true;
  sink.judgeBatch = () => (down ? DOWN : null);
  const first = stream(buffer, sink);
  for (let n = 1; n <= 40; n++) first.receive(n, `k${n % 3}`);
  await until(() => expect(kept(buffer)).toBe(40));
  await first.stop();
  const second = stream(buffer, sink, 2);
  for (let n = 31; n <= 60; n++) second.receive(n, `k${n % 3}`);
  await until(() => expect(kept(buffer)).toBe(60));
  expect(second.inFlight.confirmed).toBe(6_001n);
  await expect(buffer.store(1).open()).rejects.toMatchObject({ kind: 'fenced' });
  expect(await buffer.store(1).remove(99)).toBe(false);
  down = false;
  await until(() => expect(sink.delivered).toEqual(texts(1, 60)));
  await until(() => expect(buffer.batches).toEqual([]));
  await second.stop();
  // All of it was delivered; the source does not know yet.
  const third = stream(buffer, sink, 3);
  for (let n = 50; n <= 61; n++) third.receive(n, 'k');
  await until(() => expect(third.inFlight.confirmed).toBe(6_101n));
  expect(sink.delivered).toEqual(texts(1, 61));
  await third.stop();
});

it('puts a batch in once when the answer to its statement is lost, and waits while the catalog is away', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  let down = true;
  sink.judgeBatch = () => (down ? DOWN : null);
  const one = stream(buffer, sink);
  buffer.loseAnswer = true;
  for (let n = 1; n <= 10; n++) one.receive(n, 'a');
  await until(() => expect(kept(buffer)).toBe(10));
  await until(() => expect(one.inFlight.confirmed).toBe(1_001n));
  buffer.down = true;
  for (let n = 11; n <= 20; n++) one.receive(n, 'a');
  await until(() => expect(one.conditions.at(-1)).toMatchObject({ state: 'retrying', errorKind: 'catalog_unavailable' }));
  expect(one.inFlight.confirmed).toBe(1_001n);
  buffer.down = false;
  await until(() => expect(one.inFlight.confirmed).toBe(2_001n));
  down = false;
  await until(() => expect(sink.delivered).toEqual(texts(1, 20)));
  await one.stop();
});

it('forgets what it had not put in yet when the connection to the source is gone', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  let down = true;
  sink.judgeBatch = () => (down ? DOWN : null);
  const one = stream(buffer, sink);
  for (let n = 1; n <= 10; n++) one.receive(n, 'a');
  await until(() => expect(kept(buffer)).toBe(10));
  buffer.down = true;
  for (let n = 11; n <= 20; n++) one.receive(n, 'a');
  await one.delivery.clear();
  one.inFlight.drop();
  one.spill?.on('sys', 1);
  buffer.down = false;
  for (let n = 5; n <= 25; n++) one.receive(n, 'a');
  await until(() => expect(one.inFlight.confirmed).toBe(2_501n));
  down = false;
  await until(() => expect(sink.delivered).toEqual(texts(1, 25)));
  await one.stop();
});

it('says why it does not spill where the buffer would be on the server that it is to protect', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  let down = true;
  sink.judgeBatch = () => (down ? DOWN : null);
  const one = stream(buffer, sink, 1, 'it would be on the same server');
  one.receive(1, 'a');
  await until(() => expect(one.conditions.at(-1)?.reason).toMatch(/not spilled: it would be on the same server/));
  expect(buffer.batches).toEqual([]);
  expect(one.inFlight.confirmed).toBe(0n);
  down = false;
  await until(() => expect(sink.delivered).toEqual(['1']));
  await one.stop();
});

it('stops visibly when the buffer is full, and goes on once there is room', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  let down = true;
  sink.judgeBatch = () => (down ? DOWN : null);
  const spec = { ...SPILL_DEFAULTS, maxBytes: 200 };
  const one = rig(LETTERS, sink, undefined, { store: buffer.store(1), place: async () => null, spec });
  one.delivery.walSeen({ retainedBytes: 50, budgetBytes: 100 });
  one.receive(1, 'a');
  await until(() => expect(kept(buffer)).toBe(1));
  for (let n = 2; n <= 30; n++) one.receive(n, 'a');
  await until(() => expect(one.conditions.at(-1)).toMatchObject({ state: 'retrying', detail: { spill: 'full' } }));
  const confirmed = one.inFlight.confirmed;
  expect(confirmed).toBeLessThan(3_001n);
  down = false;
  await until(() => expect(sink.delivered).toEqual(texts(1, 30)));
  await until(() => expect(one.inFlight.confirmed).toBe(3_001n));
  await one.stop();
});

it('tries the sink itself while there is room in no buffer or no catalog to ask, and spills once there is', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  let down = true;
  let room: 'some' | 'none' | 'unknown' = 'none';
  sink.judgeBatch = () => (down ? DOWN : null);
  const ask = async () => {
    if (room === 'unknown') throw new SpillwayError('catalog_unavailable', 'the catalog did not take a statement (ECONNREFUSED)');
    return room === 'none' ? 'all buffers are full' : null;
  };
  const one = rig(LETTERS, sink, undefined, { store: buffer.store(1), place: async () => null, spec: SPILL_DEFAULTS, room: ask });
  one.delivery.walSeen({ retainedBytes: 50, budgetBytes: 100 });
  one.receive(1, 'a');
  await until(() => expect(one.conditions.at(-1)).toMatchObject({ reason: expect.stringMatching(/not spilled: all buffers are full/) }));
  down = false;
  await until(() => expect(sink.delivered).toEqual(['1']));
  await until(() => expect(one.conditions.at(-1)).toBeNull());
  down = true;
  room = 'unknown';
  one.receive(2, 'a');
  await until(() => expect(one.conditions.at(-1)).not.toBeNull());
  down = false;
  await until(() => expect(sink.delivered).toEqual(['1', '2']));
  expect(buffer.batches).toEqual([]);
  down = true;
  room = 'some';
  one.receive(3, 'a');
  await until(() => expect(kept(buffer)).toBe(1));
  // A limit that is reached meanwhile holds up nothing either.
  room = 'none';
  one.receive(4, 'a');
  down = false;
  await until(() => expect(sink.delivered).toEqual(['1', '2', '3', '4']));
  await one.stop();
});

it('gives back what waits for a buffer that takes nothing after all: only sending tells that the sink is back', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  let down = true;
  let asked = 0;
  sink.judgeBatch = () => (down ? DOWN : null);
  const room = async () => (asked++ === 0 ? null : 'all buffers are full');
  const one = rig(LETTERS, sink, undefined, { store: buffer.store(1), place: async () => null, spec: SPILL_DEFAULTS, room });
  one.delivery.walSeen({ retainedBytes: 50, budgetBytes: 100 });
  one.receive(1, 'a');
  await until(() => expect(one.conditions.at(-1)).toMatchObject({ reason: expect.stringMatching(/[Aa]ll buffers are full/) }));
  down = false;
  await until(() => expect(sink.delivered).toEqual(['1']));
  expect(buffer.batches).toEqual([]);
  await one.stop();
});

it('refuses a server that was set back to before what the buffer took, unless its slot was made anew', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  let down = true;
  sink.judgeBatch = () => (down ? DOWN : null);
  const one = stream(buffer, sink);
  for (let n = 1; n <= 10; n++) one.receive(n, 'a');
  await until(() => expect(one.inFlight.confirmed).toBe(1_001n));
  const on = (currentLsn: bigint, created = false) => one.spill?.on('sys', 1, { currentLsn, created });
  expect(() => on(500n)).toThrow(expect.objectContaining({ kind: 'position_mismatch' }));
  expect(() => on(1_001n)).not.toThrow();
  expect(() => on(500n, true)).not.toThrow();
  one.inFlight.drop();
  one.inFlight.rewind(400n);
  down = false;
  for (let n = 5; n <= 6; n++) one.receive(n, 'a');
  await until(() => expect(sink.delivered).toEqual([...texts(1, 10), '5', '6']));
  await one.stop();
});

it('puts nothing in while the buffers of all streams have no room, says so, and delivers everything in order afterwards', async () => {
  const [buffer, sink] = [new MemoryBuffer(), new ScriptedSink(LIMITS)];
  let down = true;
  let room: string | null = null;
  sink.judgeBatch = () => (down ? DOWN : null);
  const spec = { ...SPILL_DEFAULTS, afterSeconds: 3_600 };
  const one = rig(LETTERS, sink, undefined, { store: buffer.store(1), place: async () => null, room: async () => room, spec });
  one.delivery.walSeen({ retainedBytes: 50, budgetBytes: 100 });
  for (let n = 1; n <= 10; n++) one.receive(n, 'a');
  await until(() => expect(kept(buffer)).toBe(10));
  room = 'the buffers of all streams hold 50 GB';
  for (let n = 11; n <= 20; n++) one.receive(n, 'a');
  await until(() => expect(one.conditions.at(-1)).toMatchObject({ state: 'retrying', detail: { spill: 'full' } }));
  expect(one.conditions.at(-1)?.reason).toContain('The buffers of all streams hold 50 GB: nothing more is spilled');
  expect(kept(buffer)).toBe(10);
  expect(one.inFlight.confirmed).toBe(1_001n);
  room = null;
  await until(() => expect(kept(buffer)).toBe(20));
  down = false;
  await until(() => expect(sink.delivered).toEqual(texts(1, 20)));
  await one.stop();
});
