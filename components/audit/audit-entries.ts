import type { AuditEntryDto } from '@/core/dto/audit';

/** Pages of what an act can be on; null where it has none. */
const PAGES: Readonly<Record<string, string>> = {
  stream: '/streams',
  request: '/requests',
  source: '/sources',
  'sink-target': '/sinks',
};

/** Where the thing that was acted on lives. */
export function hrefOfSubject({ subjectType, subjectId }: Pick<AuditEntryDto, 'subjectType' | 'subjectId'>): string | null {
  const page = PAGES[subjectType];
  return page ? `${page}/${subjectId}` : null;
}

/** Every word occurs somewhere in who, what, on what, or the summary. */
export function matchesText(entry: AuditEntryDto, text: string): boolean {
  const hay = [entry.actorName, entry.verb, entry.subjectName, entry.subjectType, entry.teamName ?? '', entry.summary]
    .join(' ')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}
