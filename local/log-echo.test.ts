import { expect, test } from 'vitest';
import { errorIn } from './log-echo';

test('errors are recognised in JSON logs and in plain text, and nothing else is', () => {
  expect(errorIn('{"level":50,"msg":"tick failed","err":{"message":"connection refused"}}')).toBe('tick failed: connection refused');
  expect(errorIn('{"level":"error","msg":"tick failed"}')).toBe('tick failed');
  expect(errorIn(' ⨯ TypeError: x is not a function')).toContain('TypeError');
  expect(errorIn('SpillwayError: the environment is incomplete')).toContain('incomplete');
  expect(errorIn('{"level":30,"msg":"no error here"}')).toBeUndefined();
  expect(errorIn('ready, 0 errors')).toBeUndefined();
  expect(errorIn('{ not json')).toBeUndefined();
});
