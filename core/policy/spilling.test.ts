import { describe, expect, it } from 'vitest';
import { spillOf, spillRefusal } from '../spec/spill';
import { SPILL_DEFAULTS } from '../spec/spill-defaults';
import { type SpillSituation, spillsIn, whySpill } from './spilling';

const calm: SpillSituation = { spill: SPILL_DEFAULTS, downMs: null, retainedBytes: 0, budgetBytes: 100, behind: false };

describe('when a stream begins to spill', () => {
  it('waits for as long as the spec says while WAL is no matter', () => {
    expect(whySpill({ ...calm, downMs: 59_999 })).toBeNull();
    expect(whySpill({ ...calm, downMs: 60_000 })).toBe('sink_down');
    expect(spillsIn({ ...calm, downMs: 59_000 })).toBe(1_000);
    expect(spillsIn(calm)).toBeNull();
  });
  it('does not wait once half of the WAL budget is used and the sink is down', () => {
    expect(whySpill({ ...calm, downMs: 0, retainedBytes: 50 })).toBe('wal_share');
    expect(whySpill({ ...calm, downMs: 0, retainedBytes: 49 })).toBeNull();
    expect(whySpill({ ...calm, downMs: 0, retainedBytes: null })).toBeNull();
  });
  it('protects the source also when delivery is merely behind and the whole budget is used', () => {
    expect(whySpill({ ...calm, retainedBytes: 100, behind: true })).toBe('wal_budget');
    expect(whySpill({ ...calm, retainedBytes: 99, behind: true })).toBeNull();
    expect(whySpill({ ...calm, retainedBytes: 500 })).toBeNull();
  });
  it('never does when it is switched off', () => {
    const spill = { ...SPILL_DEFAULTS, enabled: false };
    expect(whySpill({ spill, downMs: 1e9, retainedBytes: 500, budgetBytes: 100, behind: true })).toBeNull();
  });
  it('is on by default, and off for a sink that is exactly-once', () => {
    expect(spillOf({ sink: { type: 'Http' } }).enabled).toBe(true);
    expect(spillOf({ sink: { type: 'Kafka', delivery: 'exactly_once' } }).enabled).toBe(false);
    expect(spillRefusal({ type: 'Kafka', delivery: 'exactly_once' }, SPILL_DEFAULTS)).toMatch(/at_least_once/);
    expect(spillRefusal({ type: 'Kafka', delivery: 'exactly_once' }, undefined)).toBeNull();
  });
});
