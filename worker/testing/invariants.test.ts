import { expect, it } from 'vitest';
import { type Arrival, judge, lastWriteWins } from './invariants';
import type { CommittedChange } from './oracle';

const committed: CommittedChange[] = [
  { key: 1, op: 'c', version: 1 },
  { key: 1, op: 'u', version: 2 },
  { key: 2, op: 'c', version: 3 },
  { key: 1, op: 'd', version: null },
];
const arrival = (eventId: string, id: number, op: string, version: number | null, more = {}): Arrival => ({
  eventId,
  key: `{"id":${id}}`,
  value: { op, after: version === null ? null : { id, version }, ts_ms: Math.random(), ...more },
});
const all = [arrival('a', 1, 'c', 1), arrival('b', 1, 'u', 2), arrival('c', 2, 'c', 3), arrival('d', 1, 'd', null)];

it('is content with everything once, and with duplicates that are equal', () => {
  expect(judge(committed, all)).toEqual({ problems: [], duplicates: 0, arrivals: 4 });
  const again = judge(committed, [...all.slice(0, 3), ...all]);
  expect([again.problems, again.duplicates]).toEqual([[], 3]);
  expect(lastWriteWins(all)).toEqual(new Map([[2, 3]]));
});

it('sees a loss, an invention, a wrong order and changed bytes', () => {
  expect(judge(committed, all.slice(0, 3)).problems[0]).toMatch(/^I1/);
  expect(judge(committed, [...all, arrival('e', 2, 'u', 9)]).problems[0]).toMatch(/^I2/);
  expect(judge(committed, [all[1], all[0], all[2], all[3]] as Arrival[]).problems[0]).toMatch(/^I3/);
  expect(judge(committed, [...all, arrival('a', 1, 'c', 1, { extra: true })]).problems[0]).toMatch(/^I4/);
});
