import { expect, it } from 'vitest';
import { costWords } from './preview-cost';

it('bytes in and out and the time of a message are one line', () => {
  expect(costWords({ input: { id: '48213', note: null, name: 'Zoë' }, bytes: 96, microseconds: 31.4 })).toBe('9 B in, 96 B out, 0.03 ms');
  expect(costWords({ input: {}, bytes: 2048, microseconds: 0.4 })).toBe('0 B in, 2 kB out, under 0.01 ms');
});
