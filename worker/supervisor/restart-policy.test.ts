import { expect, test } from 'vitest';
import type { WaitsFor } from './reconcile';
import { delayAfter, FRESH, failed, HEALTHY_AFTER_MS, mayTry, type RestartState, refresh, started } from './restart-policy';

const now: WaitsFor = { restartNonce: 0, revisionId: 'r1', desired: 'running' };

test('the delay doubles from 1 s and stays at 60 s', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 500].map(delayAfter)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('failures in a row wait longer each time, and a run of a minute forgets them', () => {
  let state: RestartState = FRESH;
  let time = 0;
  const delays: number[] = [];
  for (const ranMs of [10, 10, HEALTHY_AFTER_MS - 1, HEALTHY_AFTER_MS, 10]) {
    state = started(state, time);
    time += ranMs;
    state = failed(state, 'pipeline_crashed', time, now);
    expect(mayTry(state, state.nextTryAt - 1, now)).toBe(false);
    expect(mayTry(state, state.nextTryAt, now)).toBe(true);
    delays.push(state.nextTryAt - time);
    time = state.nextTryAt;
  }
  expect(delays).toEqual([1_000, 2_000, 4_000, 1_000, 2_000]);
});

test.each(['slot_lost', 'position_mismatch', 'table_missing', 'source_not_ready', 'sink_misconfigured', 'secret_unreadable'] as const)(
  '%s is tried again only after a person acted, however long that takes',
  (kind) => {
    const state = failed(started(FRESH, 0), kind, 10, now);
    expect(mayTry(state, 1e12, now)).toBe(false);
    expect(mayTry(state, 11, { ...now, restartNonce: 1 })).toBe(true);
    expect(mayTry(state, 11, { ...now, revisionId: 'r2' })).toBe(true);
    expect(mayTry(state, 11, { ...now, desired: 'retired' })).toBe(true);
  },
);

test('a restart asked for by a person ends a back-off at once', () => {
  let state: RestartState = FRESH;
  for (let failure = 0; failure < 6; failure++) state = failed(state, 'source_unreachable', 0, now);
  expect(mayTry(refresh(state, now, now), 1, now)).toBe(false);
  const asked = { ...now, restartNonce: 1 };
  expect(mayTry(refresh(state, asked, now), 1, asked)).toBe(true);
});
