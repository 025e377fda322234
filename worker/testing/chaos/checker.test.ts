import { expect, test } from 'vitest';
import type { CommittedChange } from '../oracle';
import { commitOf, StreamChecker } from './checker';
import type { TimedArrival } from './ledger-peer';

const arrival = (number: number, key: number, version: number): TimedArrival => ({
  eventId: `7/0-${number.toString(16)}/0`,
  key: `{"id":${key}}`,
  value: { op: 'c', after: { id: key, version } },
  at: number,
});
const committed = (key: number, version: number): CommittedChange => ({ key, op: 'c', version });

test('a cycle in which everything arrived once has no problem, and one that repeats an event of an earlier cycle counts it', () => {
  const checker = new StreamChecker();
  expect(checker.check([committed(1, 1)], [arrival(16, 1, 1)])).toMatchObject({ problems: [], repeated: [] });
  const second = checker.check([committed(1, 2)], [arrival(16, 1, 1), arrival(32, 1, 2)]);
  expect(second).toMatchObject({ problems: [], repeated: ['7/0-10/0'] });
  expect(second.first.map(({ at }) => at)).toEqual([32]);
});

test('a lost, an invented and a reordered event are told by name', () => {
  const of = (list: CommittedChange[], arrivals: TimedArrival[]) => new StreamChecker().check(list, arrivals).problems.join();
  expect(of([committed(1, 1), committed(1, 2)], [arrival(16, 1, 1)])).toContain('I1: lost');
  expect(of([committed(1, 1)], [arrival(16, 1, 1), arrival(32, 1, 2)])).toContain('I2: invented');
  expect(of([committed(1, 1), committed(1, 2)], [arrival(32, 1, 2), arrival(16, 1, 1)])).toContain('I3: out of order');
});

test('the same event with other bytes is told, in a later cycle too', () => {
  const checker = new StreamChecker();
  checker.check([committed(1, 1)], [arrival(16, 1, 1)]);
  expect(checker.check([], [arrival(16, 1, 9)]).problems).toEqual(['I4: event 7/0-10/0 came again with other bytes']);
});

test('an event of an earlier instance after one of a later is told', () => {
  const checker = new StreamChecker();
  checker.check([committed(1, 1)], [{ ...arrival(16, 1, 1), epoch: 4 }]);
  const late = checker.check([committed(1, 2)], [{ ...arrival(32, 1, 2), epoch: 3 }]);
  expect(late.problems).toEqual(['I10: event 7/0-20/0 was sent by epoch 3 after epoch 4 had sent']);
});

test('the commit of an event is read from its id', () => {
  expect(commitOf('7391/1-A0/3')).toBe((1n << 32n) + 0xa0n);
});
