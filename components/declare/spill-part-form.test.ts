import { expect, it } from 'vitest';
import { SPILL_DEFAULTS } from '@/core/spec/spill-defaults';
import { EMPTY_SPILL_PART, formOfSpill, spillPartOf } from './spill-part-form';

it('says nothing where all is as the product sets it, and keeps what a spec says', () => {
  expect(spillPartOf(EMPTY_SPILL_PART)).toEqual({});
  for (const spill of [
    { ...SPILL_DEFAULTS, enabled: false },
    { enabled: true, afterSeconds: 5, maxBytes: 3_000_001 },
  ])
    expect(spillPartOf(formOfSpill(spill))).toEqual({ spill });
  expect(spillPartOf({ ...EMPTY_SPILL_PART, maxMib: 'much' })).toEqual({ spill: { ...SPILL_DEFAULTS, maxBytes: 'much' } });
});
