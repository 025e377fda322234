import type { LetterRowDto, LetterStatus } from '@/core/dto/dead-letter';
import type { PersonActor } from '@/core/policy/roles';
import { catalog, joinSql, sql } from './client';
import { isUuid } from './scope';
import { toIso } from './values';

export const LETTER_COLUMNS = {
  id: true,
  eventId: true,
  keyText: true,
  op: true,
  schemaName: true,
  tableName: true,
  status: true,
  attemptCount: true,
  errorMessage: true,
  createdAt: true,
  lastAttemptAt: true,
} as const;

export interface LetterFilter {
  readonly fingerprint?: string | null;
  readonly streamId?: string | null;
  readonly status?: LetterStatus | null;
  /** Id of the last letter seen. */
  readonly cursor?: string | null;
  readonly limit?: number;
}

export interface LetterPage {
  readonly letters: LetterRowDto[];
  readonly nextCursor: string | null;
}

/** Letters of the teams this person may read, the latest first. Walks the index of what is asked for, from the cursor on. */
export async function listLetters(
  actor: PersonActor,
  { fingerprint, streamId, status, cursor, limit = 50 }: LetterFilter = {},
): Promise<LetterPage> {
  if (streamId && !isUuid(streamId)) return { letters: [], nextCursor: null };
  const take = Math.min(Math.max(limit, 1), 200);
  const teams = actor.teams.map(({ id }) => id);
  const conditions = [
    ...(actor.platformRole === 'none' ? [sql`d.stream_id in (select id from stream where team_id = any(${teams}::uuid[]))`] : []),
    ...(fingerprint ? [sql`d.fingerprint = ${fingerprint}`] : []),
    ...(streamId ? [sql`d.stream_id = ${streamId}::uuid`] : []),
    ...(status ? [sql`d.status = ${status}::"LetterStatus"`] : []),
    ...(cursor && isUuid(cursor)
      ? [sql`(d.created_at, d.id) < (select c.created_at, c.id from dead_letter c where c.id = ${cursor}::uuid)`]
      : []),
  ];
  const found = await catalog().$queryRaw<{ id: string }[]>`
    select d.id::text from dead_letter d ${conditions.length > 0 ? sql`where ${joinSql(conditions, ' and ')}` : sql``}
     order by d.created_at desc, d.id desc limit ${take + 1}`;
  const shown = found.slice(0, take).map(({ id }) => id);
  const rows = await catalog().deadLetter.findMany({ where: { id: { in: shown } }, select: LETTER_COLUMNS });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const letters = shown.flatMap((id) => byId.get(id) ?? []).map(toLetterRow);
  return { letters, nextCursor: found.length > take ? (shown.at(-1) ?? null) : null };
}

interface LetterRow {
  readonly id: string;
  readonly eventId: string;
  readonly keyText: string | null;
  readonly op: string;
  readonly schemaName: string;
  readonly tableName: string;
  readonly status: LetterStatus;
  readonly attemptCount: number;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly lastAttemptAt: Date | null;
}

export function toLetterRow(row: LetterRow): LetterRowDto {
  return {
    id: row.id,
    eventId: row.eventId,
    key: row.keyText,
    op: row.op,
    table: `${row.schemaName}.${row.tableName}`,
    status: row.status,
    attemptCount: row.attemptCount,
    errorMessage: row.errorMessage,
    createdAt: toIso(row.createdAt),
    lastAttemptAt: toIso(row.lastAttemptAt),
  };
}
