import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatMs, formatPlural, formatRate, formatRelative, formatShare } from './figures';

describe('figures', () => {
  it('writes bytes in steps of 1024 with at most one decimal', () => {
    expect([0, 512, 1023, 1024, 1536, 1.25 * 1024 ** 3, 44.4 * 1024 ** 2, 1024 ** 2 - 1].map(formatBytes)).toEqual([
      '0 B',
      '512 B',
      '1,023 B',
      '1 kB',
      '1.5 kB',
      '1.3 GB',
      '44 MB',
      '1 MB',
    ]);
  });

  it('names the two largest units of a duration and skips an empty one', () => {
    expect([0, 45, 125, 3600, 11_520, 367_200].map(formatDuration)).toEqual(['0 s', '45 s', '2 min 5 s', '1 h', '3 h 12 min', '4 d 6 h']);
  });

  it('goes from milliseconds to seconds to durations', () => {
    expect([340, 1240, 59_900, 250_000].map(formatMs)).toEqual(['340 ms', '1.2 s', '59.9 s', '4 min 10 s']);
  });

  it('keeps slow rates visible instead of rounding them to nothing', () => {
    expect([0, 0.02, 3.44, 2310.4].map((rate) => formatRate(rate))).toEqual([
      '0 events/s',
      '< 0.1 events/s',
      '3.4 events/s',
      '2,310 events/s',
    ]);
  });

  it('says when in both directions', () => {
    const now = 1_000_000_000;
    expect([now - 2000, now - 40_000, now - 750_000, now + 10_800_000].map((at) => formatRelative(at, now))).toEqual([
      'just now',
      '40 s ago',
      '12 min ago',
      'in 3 h',
    ]);
  });

  it('agrees in number and never shows a small share as nothing', () => {
    expect([formatPlural(1, 'letter'), formatPlural(1200, 'letter'), formatShare(0.004), formatShare(0.37)]).toEqual([
      '1 letter',
      '1,200 letters',
      '< 1 %',
      '37 %',
    ]);
  });
});
