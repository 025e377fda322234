import { describe, expect, it } from 'vitest';
import type { RecoverySpec } from '@/core/spec/recovery';
import type { ErrorClass } from '@/worker/sink/sink';
import { classify } from './classify';

const deadLetter: RecoverySpec = { type: 'DeadLetter', maxAttempts: 3, keyOrder: 'park', maxOpen: 10 };
const error = (errorClass: ErrorClass, wholeBatch = false) => ({ errorClass, message: 'x', wholeBatch });

describe('classify', () => {
  it.each(['transient', 'throttled', 'auth'] as const)('never takes %s for poison, however often it happens', (errorClass) => {
    for (const recovery of [deadLetter, { type: 'None' }, { type: 'Ignore', maxAttempts: 1 }] as RecoverySpec[])
      expect(classify(error(errorClass), 1_000, 1, recovery)).toBe('outage');
  });
  it('gives a refused event its attempts, then recovers', () => {
    expect(classify(error('contract'), 2, 1, deadLetter)).toBe('retry');
    expect(classify(error('contract'), 3, 1, deadLetter)).toBe('recover');
  });
  it('recovers poison and oversize at once', () => {
    expect(classify(error('poison'), 1, 5, deadLetter)).toBe('recover');
    expect(classify(error('oversize'), 1, 5, { type: 'Ignore', maxAttempts: 20 })).toBe('recover');
  });
  it('narrows a refusal of the whole batch before blaming anyone', () => {
    expect(classify(error('contract', true), 9, 2, deadLetter)).toBe('narrow');
    expect(classify(error('contract', true), 9, 2, { type: 'None' })).toBe('narrow');
    expect(classify(error('contract', true), 3, 1, deadLetter)).toBe('recover');
  });
  it('stalls instead of giving up when recovery is None', () => {
    expect(classify(error('poison'), 1, 1, { type: 'None' })).toBe('stall');
    expect(classify(error('contract'), 99, 1, { type: 'None' })).toBe('stall');
  });
});
