import { describe, expect, it } from 'vitest';
import { forecastWal, formatBytes, formatSpan, suggestBudget } from './wal-budget';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

describe('forecastWal', () => {
  it('divides what is left by the rate', () => {
    const forecast = forecastWal({ walBytesPerSec: MIB, retainedBytes: 100 * MIB, capBytes: 1100 * MIB, budgetBytes: 400 * MIB });
    expect(forecast.secondsToCap).toBe(1000);
    expect(forecast.secondsToBudget).toBe(300);
    expect(forecast.sentence).toBe('At 1 MB/s the WAL budget is used up 5 min after this stream stops, and the slot is lost 17 min after.');
  });
  it('has no end on a quiet server, and none where there is no cap', () => {
    const quiet = forecastWal({ walBytesPerSec: 0, retainedBytes: 0, capBytes: GIB, budgetBytes: null });
    expect([quiet.secondsToCap, quiet.secondsToBudget]).toEqual([null, null]);
    expect(quiet.sentence).toContain('Steady');
    const unlimited = forecastWal({ walBytesPerSec: MIB, retainedBytes: 0, capBytes: null, budgetBytes: GIB });
    expect(unlimited.secondsToCap).toBeNull();
    expect(unlimited.sentence).toContain('disk fills');
  });
  it('says 0 once a limit is passed', () => {
    const past = forecastWal({ walBytesPerSec: MIB, retainedBytes: 2 * GIB, capBytes: GIB, budgetBytes: GIB });
    expect([past.secondsToCap, past.secondsToBudget]).toEqual([0, 0]);
  });
});

it('suggests eight hours of WAL within bounds, at most half of the cap', () => {
  expect(suggestBudget(0, null)).toBe(256 * MIB);
  expect(suggestBudget(MIB, null)).toBe(28_800 * MIB);
  expect(suggestBudget(1000 * MIB, null)).toBe(50 * GIB);
  expect(suggestBudget(MIB, 10 * GIB)).toBe(5 * GIB);
});

it('prints sizes and spans with units', () => {
  expect([0, 1023, 1536, 10 * MIB, 3 * GIB].map(formatBytes)).toEqual(['0 B', '1023 B', '1.5 kB', '10 MB', '3 GB']);
  expect([null, 45, 600, 7200, 864_000].map(formatSpan)).toEqual(['never', '45 s', '10 min', '2 h', '10 days']);
});
