import { expect, it } from 'vitest';
import { joinBytes, splitBytes } from './byte-size';

it('a budget survives being split and joined', () => {
  for (const bytes of [64 * 2 ** 20, 2 ** 30, 1.5 * 2 ** 30, 2 ** 41]) {
    const { figure, unit } = splitBytes(bytes);
    expect(joinBytes(figure, unit)).toBe(bytes);
  }
});

it('a decimal comma is a decimal point; rubbish, zero and nothing are refused', () => {
  expect(joinBytes('1,5', 'GB')).toBe(1.5 * 2 ** 30);
  for (const text of ['', ' ', '0', '-1', 'lots', 'Infinity']) expect(joinBytes(text, 'GB')).toBeNull();
});
