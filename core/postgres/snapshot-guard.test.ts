import { describe, expect, it } from 'vitest';
import { type GuardQuestion, judgeSlot, type SlotLook } from './snapshot-guard';

const MB = 1024 * 1024;
const look = (seconds: number, safeMb: number | null, walStatus: string | null = 'extended'): SlotLook => ({
  at: seconds * 1000,
  walStatus,
  safeWalBytes: safeMb === null ? null : safeMb * MB,
});
const ask = (over: Partial<GuardQuestion>) => judgeSlot({ looks: [], rowsLeft: 60_000, rowsPerSec: 1_000, held: false, ...over });

describe('a slot beside a reading of one minute more', () => {
  it.each<[string, Partial<GuardQuestion>, string]>([
    ['nothing known yet', {}, 'read'],
    ['no cap on WAL', { looks: [look(0, null), look(60, null)] }, 'read'],
    ['steady', { looks: [look(0, 900), look(60, 900)] }, 'read'],
    ['growing again', { looks: [look(0, 100), look(60, 900)], held: true }, 'read'],
    ['shrinking, but lasts longer: 540 MB at 1 MB/s', { looks: [look(0, 600), look(60, 540)] }, 'read'],
    ['shrinking too fast: 40 MB at 1 MB/s', { looks: [look(0, 100), look(60, 40)] }, 'hold'],
    ['shrinking too fast, seen for 10 s only', { looks: [look(0, 50), look(10, 40)] }, 'read'],
    ['held, and lasts just long enough: not yet', { looks: [look(0, 150), look(60, 90)], held: true }, 'hold'],
    ['held, and lasts twice as long', { looks: [look(0, 190), look(60, 130)], held: true }, 'read'],
    ['held, and looked at for too short a time', { looks: [look(0, 100)], held: true }, 'hold'],
    ['size not known: five minutes are assumed', { looks: [look(0, 260), look(60, 200)], rowsLeft: null }, 'hold'],
    ['unreserved', { looks: [look(0, 5, 'unreserved')] }, 'hold'],
    ['lost', { looks: [look(0, null, 'lost')] }, 'lost'],
    ['gone', { looks: [look(0, null, null)] }, 'lost'],
  ])('%s', (_name, over, kind) => {
    expect(ask(over).kind).toBe(kind);
  });

  it('names both times', () => {
    expect(ask({ looks: [look(0, 100), look(60, 40)] })).toEqual({
      kind: 'hold',
      reason: 'at the present rate the slot may lose its WAL in about 40 s, and the rows that are left need about 60 s',
    });
  });
});
