export interface AuditEntryDto {
  readonly id: string;
  readonly at: string;
  readonly actorKind: 'person' | 'system';
  readonly actorName: string;
  readonly verb: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly subjectName: string;
  readonly teamName: string | null;
  readonly summary: string;
  readonly before: unknown;
  readonly after: unknown;
}
