import { describe, expect, it } from 'vitest';
import { judge } from './floors';
import { floorLine, tableOf } from './report';
import { figure, percentile, ratios, type Samples, spread, turns } from './samples';

const samples: Samples = new Map<string, (Record<string, number> | null)[]>([
  ['ours', [{ rate: 200 }, { rate: 90 }, { rate: 300, cpu: 4 }]],
  ['peer', [{ rate: 100 }, { rate: 30 }, null]],
]);

describe('statistics', () => {
  it('gives median, least and greatest of an odd and of an even number of runs', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3, runs: 3 });
    expect(spread([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4, runs: 4 });
    expect(spread([])).toBeNull();
  });
  it('counts as percentile the value that the share does not pass', () => {
    const sorted = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0, 0.5, 0.99, 0.999, 1].map((share) => percentile(sorted, share))).toEqual([1, 50, 99, 100, 100]);
    expect(percentile([], 0.5)).toBeNaN();
  });
  it('compares runs of the same round only, and leaves out rounds that failed', () => {
    expect(ratios(samples, ['ours', 'rate'], ['peer', 'rate'])).toEqual([2, 3]);
    expect(figure(samples, 'ours', 'cpu')).toEqual([4]);
    expect(ratios(samples, ['ours', 'rate'], ['nobody', 'rate'])).toEqual([]);
  });
  it('lets another one begin each round', () => {
    expect([0, 1, 2, 3].map((round) => turns(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
    expect(turns([], 4)).toEqual([]);
  });
});

describe('floors', () => {
  const tables = new Map([['drain', samples]]);
  const ours = { table: 'drain', contender: 'ours', metric: 'rate' };
  it('are of the median of the ratios round by round', () => {
    const to = { contender: 'peer', metric: 'rate' };
    expect(judge({ text: 'twice', figure: ours, to, atLeast: 2.5 }, tables).met).toBe(true);
    expect(judge({ text: 'thrice', figure: ours, to, atLeast: 2.6 }, tables).met).toBe(false);
  });
  it('are of the median of a figure, with an upper bound too', () => {
    expect(judge({ text: 'most', figure: ours, atMost: 200 }, tables)).toMatchObject({ met: true, reached: { median: 200 } });
    expect(judge({ text: 'most', figure: ours, atMost: 199 }, tables).met).toBe(false);
  });
  it('say so when nothing was measured', () => {
    const verdict = judge({ text: 'a floor', figure: { ...ours, table: 'other' }, atLeast: 1 }, tables);
    expect(verdict.met).toBeNull();
    expect(floorLine(verdict)).toBe('not measured: a floor');
  });
});

describe('a table', () => {
  it('never shows a figure without its range, nor a contender without its ratio to the peer', () => {
    const text = tableOf({ table: 'drain', metrics: [{ name: 'rate', unit: 'rows/s' }], contenders: [], peer: 'peer' }, samples);
    expect(text.split('\n')).toEqual([
      '| drain (3 runs, × = to peer) | rate, rows/s |',
      '| --- | --- |',
      '| ours | 200 [90–300] × 2.50 [2.00–3.00] |',
      '| peer | 65 [30–100] |',
    ]);
  });
});
