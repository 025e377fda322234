import { expect, test } from 'vitest';
import type { FromPipeline, PipelineStats } from './messages';
import { sparing } from './sparing';

const STATS: PipelineStats = {
  at: 0,
  confirmedLsn: '0/10',
  receivedLsn: '0/10',
  lagMs: null,
  inFlightEvents: 0,
  inFlightBytes: 0,
  rssBytes: 1,
  totals: { decoded: 0, delivered: 0, filtered: 0, deadLettered: 0, parked: 0, ignored: 0, spilled: 0 },
  snapshotRows: 0,
  snapshotTotal: null,
  snapshotPerSec: 0,
  snapshotWaitsFor: null,
  spill: { bytes: 0, oldestAt: null, inPerSec: 0, outPerSec: 0 },
  lastEvents: [],
};

function setUp() {
  const sent: FromPipeline[] = [];
  const clock = { ms: 0 };
  const send = sparing(
    (message) => sent.push(message),
    () => clock.ms,
  );
  const tell = (ms: number, changed: Partial<PipelineStats> = {}) => {
    clock.ms = ms;
    send({ type: 'stats', stats: { ...STATS, at: ms, rssBytes: ms, ...changed } });
    return sent.length;
  };
  return { tell, send, sent };
}

test('the figures of an idle stream are told every 4 s', () => {
  const { tell } = setUp();
  expect([0, 1_000, 2_000, 3_000, 4_000, 5_000].map((ms) => tell(ms))).toEqual([1, 1, 1, 1, 2, 2]);
});

test('what is new is told at once, the last position before an end, too', () => {
  const { tell, send, sent } = setUp();
  expect(tell(0)).toBe(1);
  expect(tell(10, { confirmedLsn: '0/20' })).toBe(2);
  expect(tell(20, { confirmedLsn: '0/20' })).toBe(2);
  expect(tell(30, { confirmedLsn: '0/30' })).toBe(3);
  expect(tell(40, { confirmedLsn: '0/30', inFlightEvents: 1, lagMs: 5 })).toBe(4);
  send({ type: 'settled', known: true });
  expect(sent.at(-1)).toEqual({ type: 'settled', known: true });
});
