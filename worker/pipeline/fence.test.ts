import { describe, expect, it } from 'vitest';
import type { SpillwayError } from '@/core/errors';
import { noAbort, testEvent } from '@/worker/sink/conformance';
import { Fence, fencedSink, STOOD_STILL_MS, TICK_MS } from './fence';
import { ScriptedSink } from './test-doubles';

function rig(askOwner: () => Promise<'ours' | 'later'>) {
  const clock = { ms: 0 };
  const fenced: SpillwayError[] = [];
  let asked = 0;
  const fence = new Fence({
    now: () => clock.ms,
    askOwner: () => {
      asked++;
      return askOwner();
    },
    onFenced: (error) => fenced.push(error),
  });
  const peer = new ScriptedSink();
  const sink = fencedSink(peer, fence);
  const send = async (text: string) => (await sink.write([testEvent({ payload: Buffer.from(text) })], noAbort()))[0]?.ok;
  const pass = (ms: number) => {
    for (const end = clock.ms + ms; clock.ms < end; fence.tick()) clock.ms += TICK_MS;
  };
  return { clock, fenced, peer, send, pass, asked: () => asked };
}

describe('a process that stood still', () => {
  it('asks nobody as long as its clock goes on', async () => {
    const one = rig(async () => 'later');
    one.pass(120_000);
    expect(await one.send('a')).toBe(true);
    expect(one.asked()).toBe(0);
  });

  it('sends nothing of what it held once a later instance runs, and ends', async () => {
    const one = rig(async () => 'later');
    one.clock.ms += 90_000;
    expect(await one.send('a')).toBe(false);
    expect(await one.send('a')).toBe(false);
    expect(one.peer.batches).toEqual([]);
    expect(one.fenced.map(({ kind }) => kind)).toEqual(['fenced']);
  });

  it('notices the pause by its timer, too, when something else came first', async () => {
    const one = rig(async () => 'later');
    one.clock.ms += STOOD_STILL_MS + 1;
    one.pass(TICK_MS);
    expect(await one.send('a')).toBe(false);
  });

  it('goes on when the stream is still its own, having asked once', async () => {
    const one = rig(async () => 'ours');
    one.clock.ms += 20_000;
    expect([await one.send('a'), await one.send('b')]).toEqual([true, true]);
    expect(one.asked()).toBe(1);
    expect(one.peer.delivered).toEqual(['a', 'b']);
  });

  it('waits while nobody can tell, and asks again when it stood still over the answer', async () => {
    let known = false;
    const one = rig(async () => {
      if (!known) throw new Error('no route');
      if (one.asked() === 2) one.clock.ms += 60_000;
      return 'ours';
    });
    one.clock.ms += 20_000;
    expect(await one.send('a')).toBe(false);
    known = true;
    expect(await one.send('a')).toBe(true);
    expect(one.asked()).toBe(3);
    expect(one.peer.delivered).toEqual(['a']);
  });
});
