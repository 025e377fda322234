import { describe, expect, it } from 'vitest';
import { RestLength } from './rest-length';

const MUCH = 5 * 1024 * 1024;
const LITTLE = 700_000;

describe('RestLength', () => {
  it('is short for who keeps up, and long for who catches up', () => {
    const rest = new RestLength();
    expect([999, 1_000, 0].map((behind, at) => rest.next(behind, MUCH, at))).toEqual([1, 50, 1]);
  });
  it('stays long as long as that brings much, and is tried ever more seldom while it does not', () => {
    const rest = new RestLength();
    expect([0, 60, 120].map((at) => rest.next(5_000, MUCH, at))).toEqual([50, 50, 50]);
    const long: number[] = [];
    for (let at = 180; at < 30_000; at += 10) if (rest.next(5_000, LITTLE, at) === 50) long.push(at);
    const waits = long.map((at, index) => at - (long[index - 1] ?? 180));
    expect(waits).toEqual([250, 510, 1_010, 2_010, 4_010, 8_010, 8_010]);
    expect(rest.next(5_000, LITTLE, 60_000)).toBe(50);
    expect(rest.next(5_000, MUCH, 60_060)).toBe(50);
  });
});
