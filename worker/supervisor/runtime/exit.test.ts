import { expect, test } from 'vitest';
import { type ExitFacts, exitOf } from './exit';

const facts = (over: Partial<ExitFacts>): ExitFacts => ({
  code: null,
  signal: null,
  stopRequested: false,
  killed: null,
  fault: null,
  stderrTail: '',
  spawnError: null,
  ...over,
});
const oom = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';

test.each([
  ['a fault message', { code: 1, fault: { type: 'fault', errorKind: 'slot_lost', message: 'gone' } }, 'slot_lost', 'gone'],
  ['the heap limit', { signal: 'SIGABRT', stderrTail: oom }, 'out_of_memory', 'heap limit'],
  ['the heap limit through a shell', { code: 134, stderrTail: oom }, 'out_of_memory', 'heap limit'],
  ['our kill for silence', { signal: 'SIGKILL', killed: { errorKind: 'pipeline_stuck', message: 'silent' } }, 'pipeline_stuck', 'silent'],
  ['our kill for memory', { signal: 'SIGKILL', killed: { errorKind: 'out_of_memory', message: '600 MB' } }, 'out_of_memory', '600 MB'],
  ['somebody else’s SIGKILL', { signal: 'SIGKILL' }, 'pipeline_crashed', 'SIGKILL'],
  ['a segmentation fault', { signal: 'SIGSEGV' }, 'pipeline_crashed', 'SIGSEGV'],
  ['exit code 3', { code: 3 }, 'fenced', 'took over'],
  ['exit code 1 without a word', { code: 1 }, 'pipeline_crashed', 'exit code 1'],
  ['exit code 0 that nobody asked for', { code: 0 }, 'pipeline_crashed', 'without being asked'],
  ['a fork that failed', { spawnError: 'EAGAIN' }, 'pipeline_crashed', 'EAGAIN'],
] as [string, Partial<ExitFacts>, string, string][])('%s is named', (_name, over, kind, message) => {
  const exit = exitOf(facts(over));
  expect(exit.errorKind).toBe(kind);
  expect(exit.message).toContain(message);
  expect(exit.requested).toBe(false);
});

test('a stop that was asked for is no failure, even when it took force', () => {
  for (const over of [
    { code: 0 },
    { signal: 'SIGKILL' as const },
    { code: 1, fault: { type: 'fault', errorKind: 'internal', message: 'x' } as const },
  ]) {
    expect(exitOf(facts({ ...over, stopRequested: true }))).toMatchObject({ requested: true, errorKind: null });
  }
});
