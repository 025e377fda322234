import { expect, test } from 'vitest';
import type { PipelineStats } from '@/worker/pipeline/messages';
import { Figures, ratesBetween } from './figures';

const totals = (decoded: number, delivered: number) => ({
  decoded,
  delivered,
  filtered: 0,
  deadLettered: 0,
  parked: 0,
  ignored: 0,
  spilled: 0,
});
const stats = (decoded: number, delivered: number, events: string[] = []): PipelineStats => ({
  at: 0,
  confirmedLsn: '0/1',
  receivedLsn: '0/2',
  lagMs: 7.6,
  inFlightEvents: 1,
  inFlightBytes: 2,
  rssBytes: 3,
  totals: totals(decoded, delivered),
  snapshotRows: 0,
  snapshotTotal: null,
  snapshotPerSec: 0,
  snapshotWaitsFor: null,
  spill: { bytes: 0, oldestAt: null, inPerSec: 0, outPerSec: 0 },
  lastEvents: events.map((eventId) => ({ eventId, op: 'c', key: null, committedAt: null, deliveredAt: '', bytes: 0, payload: '' })),
});

test.each([
  ['a second', { at: 0, decoded: 0, delivered: 0 }, { at: 1_000, decoded: 10, delivered: 5 }, 10, 5],
  ['half a second', { at: 0, decoded: 0, delivered: 0 }, { at: 500, decoded: 10, delivered: 5 }, 20, 10],
  ['no time', { at: 5, decoded: 0, delivered: 0 }, { at: 5, decoded: 10, delivered: 5 }, 0, 0],
  ['a clock that went back', { at: 9, decoded: 0, delivered: 0 }, { at: 5, decoded: 10, delivered: 5 }, 0, 0],
  ['a count that fell', { at: 0, decoded: 10, delivered: 10 }, { at: 1_000, decoded: 4, delivered: 4 }, 0, 0],
])('rates over %s', (_name, older, newer, decodedPerSec, deliveredPerSec) => {
  expect(ratesBetween(older, newer)).toEqual({ decodedPerSec, deliveredPerSec });
});

test('rates are of what was delivered since the last write, and 0 once the pipeline is silent', () => {
  const figures = new Figures();
  figures.started('s', { pid: 1, epoch: 4, totals: totals(100, 100) }, 0);
  figures.report('s', stats(120, 110), 2_000);
  expect(figures.take(2_000)[0]).toMatchObject({ decodedPerSec: 10, deliveredPerSec: 5, delivered: 110, lagMs: 8, epoch: 4 });
  expect(figures.take(4_000)[0], 'no report since: the last known rate').toMatchObject({ deliveredPerSec: 5 });
  expect(figures.take(9_000)[0]).toMatchObject({ deliveredPerSec: 0 });
});

test('what a process left behind is what the next one starts from; the figures of its moment go with it', () => {
  const figures = new Figures();
  figures.started('s', { pid: 1, epoch: 1, totals: totals(0, 0) }, 0);
  figures.report('s', stats(9, 8), 1_000);
  figures.stopped('s');
  expect(figures.totals('s')).toEqual(totals(9, 8));
  expect(figures.take(2_000)[0]).toMatchObject({
    pid: null,
    delivered: 8,
    deliveredPerSec: 0,
    inFlightEvents: 0,
    lagMs: null,
    rssBytes: null,
  });
  expect(figures.current('s')).toEqual({ lagMs: null, deliveredPerSec: 0 });
});

test('the last 20 events are kept, newest first', () => {
  const figures = new Figures();
  figures.started('s', { pid: 1, epoch: 1, totals: totals(0, 0) }, 0);
  figures.report(
    's',
    stats(
      15,
      15,
      Array.from({ length: 15 }, (_, n) => `a${15 - n}`),
    ),
    1_000,
  );
  figures.report(
    's',
    stats(
      30,
      30,
      Array.from({ length: 15 }, (_, n) => `b${15 - n}`),
    ),
    2_000,
  );
  const ids = figures.take(2_000)[0]?.lastEvents?.map((event) => event.eventId);
  expect(ids).toHaveLength(20);
  expect([ids?.[0], ids?.[14], ids?.[15], ids?.[19]]).toEqual(['b15', 'b1', 'a15', 'a11']);
});
