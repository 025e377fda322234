import { describe, expect, it } from 'vitest';
import { deliverable, type KeyedLetter, scopeOf } from './park';

const letter = (id: string, scope: string | null, status: KeyedLetter['status']): KeyedLetter => ({ id, scope, status });
const ids = (letters: readonly KeyedLetter[]) => letters.map(({ id }) => id);

describe('park', () => {
  it('holds parked and replaying letters behind an open one of their key', () => {
    expect(ids(deliverable([letter('1', 'a', 'open'), letter('2', 'a', 'replaying'), letter('3', 'a', 'parked')], 'park'))).toEqual([]);
  });
  it('takes the head of each key when its replay was asked for, and never two of one key', () => {
    const letters = [letter('1', 'a', 'replaying'), letter('2', 'b', 'open'), letter('3', 'a', 'parked'), letter('4', 'c', 'replaying')];
    expect(ids(deliverable(letters, 'park'))).toEqual(['1', '4']);
  });
  it('drains parked followers once they are at the head', () => {
    expect(ids(deliverable([letter('3', 'a', 'parked'), letter('5', 'a', 'parked')], 'park'))).toEqual(['3']);
  });
  it('treats each letter on its own with skip, and letters without a key always', () => {
    const letters = [letter('1', 'a', 'open'), letter('2', 'a', 'replaying'), letter('3', null, 'open'), letter('4', null, 'replaying')];
    expect(ids(deliverable(letters, 'skip'))).toEqual(['2', '4']);
    expect(ids(deliverable(letters, 'park'))).toEqual(['4']);
  });
  it('keeps keys of different tables apart', () => {
    expect(scopeOf('public', 'orders', '{"id":1}')).not.toBe(scopeOf('public', 'customers', '{"id":1}'));
    expect(scopeOf('public', 'log', null)).toBe('public.log');
  });
});
