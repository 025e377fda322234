import { describe, expect, it } from 'vitest';
import { extentOf, withGaps } from './gaps';

describe('gaps', () => {
  it('puts one empty point where samples are missing and leaves the rest alone', () => {
    expect(withGaps([0, 5, 30, 35], [[1, 2, 3, 4]], 5)).toEqual({ at: [0, 5, 10, 30, 35], columns: [[1, 2, null, 3, 4]] });
    expect(withGaps([0, 5, 11], [[1, 2, 3]], 5).at).toEqual([0, 5, 11]);
  });

  it('knows the extent of what was sampled only', () => {
    expect(extentOf([null, 4, 2, null])).toEqual({ low: 2, high: 4, last: 2 });
    expect(extentOf([null])).toBeNull();
  });
});
