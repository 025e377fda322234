import type { CopyStore, LetterCopy } from './copies';
import type { Queries } from './letter-store';

/** A change without a message is copied up to this size, characters of JSON. */
const INPUT_CHARACTERS = 256 * 1024;
const WAITING = `stream_id = $1 and copy_wanted and published_at is null`;

/** The copies to be published, in the catalog's dead_letter table. */
export class PgCopyStore implements CopyStore {
  constructor(
    private readonly catalog: Queries,
    private readonly streamId: string,
  ) {}

  /** Without a message a copy has the change; not where the stream masks columns: the change has them as they were. */
  async due(limit: number): Promise<readonly LetterCopy[]> {
    const rows = await this.catalog.query<Omit<LetterCopy, 'commitLsn'> & { commitLsn: string }>(
      `select d.id as "letterId", event_id as "eventId", op, schema_name as schema, table_name as table, key_text as key,
         commit_lsn::text as "commitLsn", seq, committed_at as "committedAt", d.created_at as "diedAt", coalesce(r.number, 0) as "revisionNumber",
         error_class as "errorClass", error_message as "errorMessage", attempts, attempt_count as "attemptCount", output,
         case when output is null and octet_length(input::text) <= $3 and r.spec -> 'transform' is null then input::text end as input, copy_attempts as refusals
       from dead_letter d left join stream_revision r on r.id = d.revision_id
       where d.${WAITING} and coalesce(copy_after, '-infinity') <= now()
       order by d.created_at, commit_lsn, seq limit $2`,
      [this.streamId, limit, INPUT_CHARACTERS],
    );
    return rows.map((row) => ({ ...row, commitLsn: BigInt(row.commitLsn) }));
  }

  async published(letterId: string): Promise<void> {
    await this.catalog.query(
      `update dead_letter set published_at = now(), copy_error = null where stream_id = $1 and id = $2 and published_at is null`,
      [this.streamId, letterId],
    );
  }

  async failed(message: string): Promise<void> {
    // On the oldest one only: thousands of rows are not written anew with every attempt.
    await this.catalog.query(
      `update dead_letter set copy_error = $2 where id = (select id from dead_letter where ${WAITING} order by created_at, commit_lsn, seq limit 1)
         and copy_error is distinct from $2`,
      [this.streamId, message.slice(0, 2000)],
    );
  }

  async refused(letterId: string, message: string, waitMs: number): Promise<void> {
    await this.catalog.query(
      `update dead_letter set copy_attempts = copy_attempts + 1, copy_error = $3, copy_after = now() + $4 * interval '1 millisecond'
       where stream_id = $1 and id = $2 and published_at is null`,
      [this.streamId, letterId, message.slice(0, 2000), waitMs],
    );
  }

  async nextIn(): Promise<number | null> {
    const [row] = await this.catalog.query<{ ms: number | null }>(
      `select ceil(extract(epoch from min(coalesce(copy_after, now())) - now()) * 1000)::float8 as ms from dead_letter where ${WAITING}`,
      [this.streamId],
    );
    return row?.ms === null || row?.ms === undefined ? null : Math.max(0, row.ms);
  }
}
