import { describe, expect, it } from 'vitest';
import type { AuditEntryDto } from '@/core/dto/audit';
import { hrefOfSubject, matchesText } from './audit-entries';

const ENTRY: AuditEntryDto = {
  id: '1',
  at: '2026-11-21T09:00:00.000Z',
  actorKind: 'person',
  actorName: 'Bea Brandt',
  verb: 'streams.pause',
  subjectType: 'stream',
  subjectId: 's1',
  subjectName: 'shop-orders',
  teamName: 'Shop',
  summary: 'paused: load test',
  before: null,
  after: null,
};

describe('audit entries', () => {
  it('lead to what was acted on, where it has a page', () => {
    expect(hrefOfSubject(ENTRY)).toBe('/streams/s1');
    expect(hrefOfSubject({ subjectType: 'source', subjectId: 'd1' })).toBe('/sources/d1');
    expect(hrefOfSubject({ subjectType: 'draft', subjectId: 'x' })).toBeNull();
  });

  it('are found by words from different columns, and all without any', () => {
    expect(matchesText(ENTRY, 'bea ORDERS load')).toBe(true);
    expect(matchesText(ENTRY, 'bea billing')).toBe(false);
    expect(matchesText(ENTRY, '  ')).toBe(true);
  });
});
