import { expect, test } from 'vitest';
import type { DeadLetterRecovery } from '@/core/spec/recovery';
import { parkedCondition } from './condition';
import { RecoveryDesk } from './recovery-desk';
import { changeOf, LETTER_BYTES, MemoryLetters, plainFlow, ScriptedSink } from './test-doubles';

function deskOf(recovery: DeadLetterRecovery, letters: MemoryLetters): RecoveryDesk {
  const readRow = () => Promise.reject(new Error('not asked for'));
  return new RecoveryDesk({ store: letters, recovery, flow: plainFlow, sink: new ScriptedSink(), readRow, nowUs: () => 0n });
}
const error = { errorClass: 'contract', message: 'refused' } as const;
const recoveryOf = (part: Partial<DeadLetterRecovery>): DeadLetterRecovery => ({
  type: 'DeadLetter',
  maxAttempts: 1,
  keyOrder: 'park',
  maxOpen: 100,
  ...part,
});

test('a stream is full by the bytes of its letters as by their number, and says by which', async () => {
  const letters = new MemoryLetters();
  for (const n of [1, 2, 3]) await letters.insertOpen({ change: changeOf(n, `k${n}`), event: null, key: `k${n}`, error, attempts: [] });
  const looked = async (part: Partial<DeadLetterRecovery>) => {
    const recovery = recoveryOf(part);
    const desk = deskOf(recovery, letters);
    await desk.look(0, new AbortController().signal);
    return { full: desk.full, reason: parkedCondition(desk.held(recovery), 0).reason };
  };
  expect(await looked({ maxOpenBytes: 3 * LETTER_BYTES + 1 })).toMatchObject({ full: false });
  expect(await looked({ maxOpenBytes: 3 * LETTER_BYTES })).toEqual({
    full: true,
    reason: "the dead letters that are not resolved take 0.0 MB and the stream's limit is 0.0 MB",
  });
  expect(await looked({ maxOpen: 3 })).toEqual({ full: true, reason: "3 dead letters are not resolved and the stream's limit is 3" });
  expect(await looked({})).toMatchObject({ full: false });
});
