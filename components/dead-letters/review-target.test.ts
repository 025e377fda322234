import { expect, it } from 'vitest';
import { type Progress, progressNow } from './review-target';

const progress: Progress = { fingerprint: 'f', streamName: 's', requested: 5, keys: 3, blocked: 1, openLeft: 1 };

it('follows a replay from under way to replayed, and counts what failed again', () => {
  expect(progressNow(progress, { open: 1, replaying: 5 })).toEqual({ underway: 5, openAgain: 0, replayed: 0 });
  expect(progressNow(progress, { open: 3, replaying: 1 })).toEqual({ underway: 1, openAgain: 2, replayed: 2 });
});

it('a group that is gone was replayed whole', () => {
  expect(progressNow({ ...progress, openLeft: 0 }, undefined)).toEqual({ underway: 0, openAgain: 0, replayed: 5 });
});

it('new letters of the same kind never make the sum wrong', () => {
  const now = progressNow(progress, { open: 40, replaying: 2 });
  expect(now.underway + now.openAgain + now.replayed).toBe(5);
});
