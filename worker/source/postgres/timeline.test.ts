import { expect, it } from 'vitest';
import { parseLsn } from '@/core/postgres/lsn';
import { endInHistory } from './timeline';

it('finds where each ancestor ended, and no timeline that is not one', () => {
  const history = '1\t0/16AFF40\tno recovery target specified\n\n3\t0/3000148\tno recovery target specified\n';
  expect(endInHistory(history, 1)).toBe(parseLsn('0/16AFF40'));
  expect(endInHistory(history, 3)).toBe(parseLsn('0/3000148'));
  expect(endInHistory(history, 2)).toBeNull();
  expect(endInHistory('', 1)).toBeNull();
});
