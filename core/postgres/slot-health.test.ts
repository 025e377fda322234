import { describe, expect, it } from 'vitest';
import { motionVerdict, type SlotMotion, slotHealth } from './slot-health';

const wal = { walStatus: 'reserved', safeWalSize: 900, invalidationReason: null, retainedBytes: 100, capBytes: 1000 };

describe('slotHealth', () => {
  it('warns at a half, a quarter and a tenth left', () => {
    expect([900, 500, 250, 100].map((safeWalSize) => slotHealth({ ...wal, safeWalSize }).health)).toEqual([
      'ok',
      'notice',
      'warning',
      'danger',
    ]);
    expect(slotHealth({ ...wal, safeWalSize: 250 }).sentence).toContain('25 %');
  });
  it('tells unreserved from lost: the first can still recover', () => {
    expect(slotHealth({ ...wal, walStatus: 'unreserved', safeWalSize: -5 }).health).toBe('danger');
    expect(slotHealth({ ...wal, walStatus: 'lost', safeWalSize: null }).health).toBe('lost');
    expect(slotHealth({ ...wal, walStatus: 'lost', invalidationReason: 'idle_timeout' }).sentence).toContain(
      'idle_replication_slot_timeout',
    );
  });
  it('knows that a slot without a limit has no safe size', () => {
    expect(slotHealth({ ...wal, safeWalSize: null, capBytes: null })).toMatchObject({ health: 'ok' });
  });
});

const behind: SlotMotion = {
  active: true,
  walStatus: 'reserved',
  lagBytes: 100_000_000,
  confirmedMoved: false,
  restartMoved: false,
  sentMoved: false,
  writeAtSent: false,
  oldestTransaction: null,
};
const job = { pid: 42, ageSeconds: 3600, applicationName: 'nightly-job' };

describe('motionVerdict', () => {
  it.each<[Partial<SlotMotion>, string]>([
    [{ lagBytes: 0 }, 'caught_up'],
    [{ confirmedMoved: true, sentMoved: true }, 'moving'],
    [{ sentMoved: true }, 'sink_slow'],
    [{ sentMoved: false, writeAtSent: false }, 'sink_slow'],
    [{ writeAtSent: true }, 'decoding'],
    [{ active: false }, 'worker_down'],
    [{ active: false, oldestTransaction: job }, 'worker_down'],
    [{ confirmedMoved: true, oldestTransaction: job }, 'open_transaction'],
    [{ lagBytes: 0, oldestTransaction: job }, 'open_transaction'],
    [{ lagBytes: 0, restartMoved: true, oldestTransaction: job }, 'caught_up'],
    [{ sentMoved: true, oldestTransaction: job }, 'sink_slow'],
    [{ walStatus: 'lost', active: false }, 'lost'],
  ])('%j → %s', (change, verdict) => {
    expect(motionVerdict({ ...behind, ...change }).verdict).toBe(verdict);
  });
  it.each<[Partial<SlotMotion>, string]>([
    [{ writeAtSent: true, inFlightEvents: 12 }, 'sink_slow'],
    [{ confirmedMoved: true, inFlightEvents: 2000, lagGrowth: 5_000_000 }, 'sink_slow'],
    [{ confirmedMoved: true, inFlightEvents: 2000, lagGrowth: -5_000_000 }, 'moving'],
    [{ inFlightEvents: 0, decodedToDisk: true, sentMoved: true, spillBytes: 1e9 }, 'decoding'],
    [{ lagBytes: 0, retainedBytes: 500, oldestTransaction: job }, 'caught_up'],
  ])('by what the pipeline and the server report: %j → %s', (change, verdict) => {
    expect(motionVerdict({ ...behind, ...change }).verdict).toBe(verdict);
  });
  it('says what waits and how much was spilled', () => {
    expect(motionVerdict({ ...behind, inFlightEvents: 12 }).sentence).toContain('12 events wait for it');
    expect(motionVerdict({ ...behind, writeAtSent: true, spillBytes: 3 * 1024 ** 3 }).sentence).toContain('3 GB');
    expect(motionVerdict({ ...behind, active: false, paused: true }).sentence).toContain('paused');
  });
  it('names who holds the transaction open', () => {
    expect(motionVerdict({ ...behind, confirmedMoved: true, oldestTransaction: job }).sentence).toContain('process 42 (nightly-job)');
    const prepared = { pid: null, ageSeconds: 99, applicationName: null };
    expect(motionVerdict({ ...behind, lagBytes: 0, oldestTransaction: prepared }).sentence).toContain('a prepared transaction');
  });
});
