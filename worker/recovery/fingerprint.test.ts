import { expect, it } from 'vitest';
import { fingerprint, messagePattern } from './fingerprint';

it('groups messages that differ only in ids, numbers and quoted parts', () => {
  const a = fingerprint('s', 'contract', 'order 4711 has "blue" at 2026-11-21T10:00:00, id 3f2b8c1e-0000-4000-8000-00000000000a', 422);
  const b = fingerprint('s', 'contract', 'order 12 has "deep red" at 2025-01-02T11:12:13, id 11111111-2222-4333-8444-555555555555', 422);
  expect(a).toBe(b);
  expect(a).toMatch(/^[0-9a-f]{32}$/);
});

it('keeps streams, classes, statuses and different messages apart', () => {
  const base = fingerprint('s', 'contract', 'amount must be positive', 422);
  expect(fingerprint('t', 'contract', 'amount must be positive', 422)).not.toBe(base);
  expect(fingerprint('s', 'poison', 'amount must be positive', 422)).not.toBe(base);
  expect(fingerprint('s', 'contract', 'amount must be positive', 400)).not.toBe(base);
  expect(fingerprint('s', 'contract', 'currency must be known', 422)).not.toBe(base);
});

it('leaves words alone that happen to be hexadecimal', () => {
  expect(messagePattern('the facade was defaced by deadbeef99')).toBe('the facade was defaced by #');
});
