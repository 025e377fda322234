import fc from 'fast-check';
import { expect, it } from 'vitest';
import { civilFromDays, daysFromCivil } from './calendar';

it('agrees with Date within its range', () => {
  fc.assert(
    fc.property(fc.integer({ min: -90_000_000, max: 90_000_000 }), (days) => {
      const expected = new Date(days * 86_400_000);
      expect(civilFromDays(days)).toEqual([expected.getUTCFullYear(), expected.getUTCMonth() + 1, expected.getUTCDate()]);
    }),
  );
});

it('is its own inverse over all of Postgres dates', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2_451_545, max: 2_145_031_948 }), (days) => {
      expect(daysFromCivil(...civilFromDays(days))).toBe(days);
    }),
  );
});
