import { describe, expect, it } from 'vitest';
import { formatLsn, laterLsn, lsnDistance, parseLsn } from './lsn';

describe('an LSN', () => {
  it('reads and prints as Postgres does, over the whole 64 bits', () => {
    for (const text of ['0/0', '16/B374D848', 'FFFFFFFF/FFFFFFFF', '1/1']) expect(formatLsn(parseLsn(text))).toBe(text);
    expect(parseLsn('0/00000001')).toBe(1n);
    expect(parseLsn('ffffffff/ffffffff')).toBe(0xffff_ffff_ffff_ffffn);
  });
  it('refuses anything else, naming it', () => {
    for (const text of ['', '0', '1/2/3', '123456789/0', 'g/0', ' 0/0']) expect(() => parseLsn(text)).toThrow(RangeError);
    expect(() => parseLsn('x/y')).toThrow('"x/y"');
  });
  it('has a distance that is never negative', () => {
    expect(lsnDistance(parseLsn('1/0'), parseLsn('0/FFFFFFFF'))).toBe(1);
    expect(lsnDistance(1n, 2n)).toBe(0);
    expect(laterLsn(1n, 2n)).toBe(2n);
    expect(laterLsn(3n, 2n)).toBe(3n);
  });
});
