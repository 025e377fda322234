import { expect, it } from 'vitest';
import { DESIRED_STATES, STREAM_STATES } from '../lifecycle/stream-state';
import { type Move, whyNot } from './stream-moves';

const MOVES: Move[] = ['request', 'revise', 'withdraw', 'pause', 'resume', 'retire', 'restart', 'recover'];

function possible(state: (typeof STREAM_STATES)[number], desired: (typeof DESIRED_STATES)[number], hasPendingRequest = false): Move[] {
  return MOVES.filter((move) => whyNot(move, { state, desired, hasPendingRequest }) === null);
}

it('names what a person can ask at each point of a life', () => {
  expect(possible('draft', 'none')).toEqual(['request', 'retire']);
  expect(possible('requested', 'none', true)).toEqual(['revise', 'withdraw', 'retire']);
  expect(possible('rejected', 'none')).toEqual(['request', 'retire']);
  expect(possible('streaming', 'running')).toEqual(['revise', 'pause', 'retire', 'restart']);
  expect(possible('streaming', 'running', true)).toEqual(['revise', 'withdraw', 'pause', 'retire', 'restart']);
  expect(possible('paused', 'paused')).toEqual(['revise', 'resume', 'retire']);
  expect(possible('failed', 'running')).toEqual(['revise', 'pause', 'retire', 'restart', 'recover']);
  expect(possible('slot_lost', 'paused')).toEqual(['revise', 'resume', 'retire', 'recover']);
});

it('lets nobody move what is retired or on its way', () => {
  for (const desired of DESIRED_STATES) expect(possible('retired', desired, true)).toEqual([]);
  for (const state of STREAM_STATES) expect(possible(state, 'retired', true)).toEqual([]);
});

it('lets a stream be retired from every other state, so that no slot can be stuck', () => {
  for (const state of STREAM_STATES.filter((known) => known !== 'retired')) expect(possible(state, 'running')).toContain('retire');
});
