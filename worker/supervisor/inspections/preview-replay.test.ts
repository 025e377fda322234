import { expect, test } from 'vitest';
import { sameButForTimes } from './preview-replay';

test('a replayed message that differs only in when it was made is the same', () => {
  const made = (ms: number, id: string) => `{"after":{"id":${id}},"ts_ms":${ms},"ts_us":${ms}000,"ts_ns":${ms}000000}`;
  expect(sameButForTimes(made(1, '12345678901234567890'), made(2, '12345678901234567890'))).toBe(true);
  expect(sameButForTimes(made(1, '12345678901234567890'), made(1, '12345678901234567891'))).toBe(false);
});
