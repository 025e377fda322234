import { expect, test } from 'vitest';
import { readAgainNote, sameButForTimes } from './preview-replay';

test('a replayed message that differs only in when it was made is the same', () => {
  const made = (ms: number, id: string) => `{"after":{"id":${id}},"ts_ms":${ms},"ts_us":${ms}000,"ts_ns":${ms}000000}`;
  expect(sameButForTimes(made(1, '12345678901234567890'), made(2, '12345678901234567890'))).toBe(true);
  expect(sameButForTimes(made(1, '12345678901234567890'), made(1, '12345678901234567891'))).toBe(false);
});

test('a row that the letter does not hold is announced with its size, the new row only', () => {
  const value = { column: 1, preview: 'x' };
  const note = readAgainNote([
    { ...value, side: 'before', bytes: 5_000_000 },
    { ...value, side: 'after', bytes: 100_000_000 },
  ]);
  expect(note).toContain('The row has 100.0 MB');
  expect(note).toContain('reads it again by its key');
});
