import { expect, test } from 'vitest';
import type { Assignment } from '@/worker/pipeline/assignment';
import type { FromPipeline } from '@/worker/pipeline/messages';
import type { PipelineExit, Runtime } from './runtime';
import { gated, StartGate } from './start-gate';

/** Three hundred streams that want to start, through a gate of so many places. */
function crowd(places: number) {
  const started: string[] = [];
  const tell = new Map<string, (message: FromPipeline) => void>();
  const end = new Map<string, () => void>();
  const runtime: Runtime = {
    start({ streamId }, onMessage) {
      started.push(streamId);
      tell.set(streamId, onMessage);
      const exited = new Promise<PipelineExit>((resolve) =>
        end.set(streamId, () => resolve({ requested: false, errorKind: 'pipeline_crashed', message: 'gone' })),
      );
      return { streamId, pid: null, exited, send: () => undefined, stop: () => exited };
    },
  };
  const begin = (streamId: string) => {
    if (gate.enter(streamId)) gated(runtime, gate).start({ streamId } as Assignment, () => undefined);
  };
  const gate = new StartGate(begin, places, 60_000);
  for (let number = 0; number < 300; number++) begin(`stream ${number}`);
  const says = (streamId: string, message: FromPipeline) => tell.get(streamId)?.(message);
  return { gate, started, says, end: (streamId: string) => end.get(streamId)?.() };
}
const STREAMING: FromPipeline = { type: 'state', state: 'streaming', reason: 'Changes are read' };

test('few start at a time, in the order in which they asked, and all of them do', () => {
  const { started, says } = crowd(6);
  expect(started).toHaveLength(6);
  for (let number = 0; number < 300; number++) {
    expect(started.length - number).toBe(Math.min(6, 300 - number));
    says(`stream ${number}`, STREAMING);
  }
  expect(started).toEqual(Array.from({ length: 300 }, (_, number) => `stream ${number}`));
});

test('a place is free when a stream reads or says why not, and not while its slot is made', () => {
  const { started, says } = crowd(1);
  says('stream 0', { type: 'ready' });
  says('stream 0', { type: 'state', state: 'provisioning', reason: 'The slot is made' });
  expect(started).toEqual(['stream 0']);
  says('stream 0', { type: 'state', state: 'retrying', reason: 'No answer', errorKind: 'source_unreachable' });
  expect(started).toEqual(['stream 0', 'stream 1']);
});

test('the place of one that ends before it reads is free', async () => {
  const { started, end } = crowd(1);
  end('stream 0');
  await expect.poll(() => started).toEqual(['stream 0', 'stream 1']);
});

test('one that waits for somebody else does not keep its place', async () => {
  const asked: string[] = [];
  const gate = new StartGate((streamId) => asked.push(streamId), 1, 10);
  expect([gate.enter('hangs'), gate.enter('next')]).toEqual([true, false]);
  await expect.poll(() => asked).toEqual(['next']);
  expect(gate.enter('next')).toBe(true);
});

test('one that does not want to start any more is passed over', () => {
  const asked: string[] = [];
  const gate = new StartGate((streamId) => void (asked.push(streamId) > 1 && gate.enter(streamId)), 1, 60_000);
  for (const streamId of ['first', 'paused meanwhile', 'second', 'third']) gate.enter(streamId);
  gate.leave('first');
  expect(asked).toEqual(['paused meanwhile', 'second']);
});
