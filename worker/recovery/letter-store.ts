import type { DeadLetterRecovery } from '@/core/spec/recovery';
import { wholeCharacters } from '@/core/utf8';
import type { OutboundEvent } from '@/worker/flow/flow';
import type { DeliveryError } from '@/worker/sink/sink';
import { type Change, eventId } from '@/worker/source/source';
import { type StoredChange, storeChange } from '@/worker/source/stored-change';
import { fingerprint } from './fingerprint';
import { forLetter } from './letter-input';
import { scopeOf } from './park';
import type { FailedEvent, KeyLetters, ReplayStore, StoredLetter, Unresolved, WaitingEvent } from './recovery';

/** The statements' way to the catalog; rejects with SpillwayError catalog_unavailable. */
export interface Queries {
  query<R>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/** What is shown of a message; the input is kept beside it. */
const OUTPUT_BYTES = 256 * 1024;
/** Inputs that one turn of replays loads, bytes as JSON; a larger letter comes alone. */
const TURN_BYTES = 8 * 1024 * 1024;
const UNRESOLVED = `status in ('open', 'parked', 'replaying')`;
const IN_ORDER = `commit_lsn, seq, event_id collate "C"`;

/** Letters in the catalog's dead_letter table. */
export class PgLetterStore implements ReplayStore {
  constructor(
    private readonly catalog: Queries,
    private readonly streamId: string,
    private readonly revisionId: string,
    private readonly keyOrder: DeadLetterRecovery['keyOrder'],
    /** A copy of each dead letter is to be published; called when there is a further one. Absent = there are no copies. */
    private readonly onCopyWanted: (() => void) | null = null,
  ) {}

  async insertOpen({ change, event, key, error, attempts }: FailedEvent): Promise<void> {
    const row = {
      ...letterRow(change, event, key),
      error_class: error.errorClass,
      error_message: error.message.slice(0, 2000),
      fingerprint: fingerprint(this.streamId, error.errorClass, error.message, error.status),
      attempts: attempts.slice(-50),
      attempt_count: attempts.length,
    };
    await this.catalog.query(
      `insert into dead_letter (stream_id, revision_id, event_id, key_text, commit_lsn, seq, op, schema_name, table_name, committed_at,
         input, output, error_class, error_message, fingerprint, attempts, attempt_count, last_attempt_at, status, copy_wanted)
       select $1, $2, event_id, key_text, commit_lsn, seq, op, schema_name, table_name, committed_at, input, output,
         error_class, error_message, fingerprint, attempts, attempt_count, now(), 'open', $4
       from jsonb_to_record($3::jsonb) as r(event_id text, key_text text, commit_lsn bigint, seq int, op text, schema_name text,
         table_name text, committed_at timestamptz, input jsonb, output text, error_class text, error_message text,
         fingerprint text, attempts jsonb, attempt_count int)
       on conflict (stream_id, event_id) do update set status = 'open', output = excluded.output, error_class = excluded.error_class,
         error_message = excluded.error_message, fingerprint = excluded.fingerprint, attempts = excluded.attempts,
         attempt_count = excluded.attempt_count, last_attempt_at = now(), copy_wanted = dead_letter.copy_wanted or excluded.copy_wanted
       where dead_letter.status in ('open', 'parked')`,
      [this.streamId, this.revisionId, JSON.stringify(row), this.onCopyWanted !== null],
    );
    this.onCopyWanted?.();
  }

  async insertParked(waiting: readonly WaitingEvent[]): Promise<void> {
    if (waiting.length === 0) return;
    await this.catalog.query(
      `insert into dead_letter (stream_id, revision_id, event_id, key_text, commit_lsn, seq, op, schema_name, table_name, committed_at,
         input, output, status)
       select $1, $2, event_id, key_text, commit_lsn, seq, op, schema_name, table_name, committed_at, input, output, 'parked'
       from jsonb_to_recordset($3::jsonb) as r(event_id text, key_text text, commit_lsn bigint, seq int, op text, schema_name text,
         table_name text, committed_at timestamptz, input jsonb, output text)
       on conflict (stream_id, event_id) do nothing`,
      [this.streamId, this.revisionId, JSON.stringify(waiting.map(({ change, event, key }) => letterRow(change, event, key)))],
    );
  }

  async unresolvedKeys(): Promise<Map<string, KeyLetters>> {
    const rows = await this.catalog.query<{ schema_name: string; table_name: string; key_text: string; count: number; first: string }>(
      `select schema_name, table_name, key_text, count(*)::int as count, min(commit_lsn)::text as first from dead_letter
       where stream_id = $1 and ${UNRESOLVED} and key_text is not null group by 1, 2, 3`,
      [this.streamId],
    );
    return new Map(
      rows.map((row) => [scopeOf(row.schema_name, row.table_name, row.key_text), { count: row.count, firstLsn: BigInt(row.first) }]),
    );
  }

  async unresolved(): Promise<Unresolved> {
    const [row] = await this.catalog.query<{ letters: number; bytes: string }>(
      `select count(*)::int as letters, coalesce(sum(pg_column_size(input)::bigint + coalesce(pg_column_size(output), 0)), 0)::text as bytes
       from dead_letter where stream_id = $1 and ${UNRESOLVED}`,
      [this.streamId],
    );
    return { letters: row?.letters ?? 0, bytes: Number(row?.bytes ?? 0) };
  }

  async runnable(limit: number): Promise<StoredLetter[]> {
    const chosen =
      this.keyOrder === 'park'
        ? `with head as (
             select distinct on (schema_name, table_name, key_text) schema_name, table_name, key_text, status from dead_letter
             where stream_id = $1 and ${UNRESOLVED} and key_text is not null
             order by schema_name, table_name, key_text, ${IN_ORDER})
           select letter.* from dead_letter letter left join head using (schema_name, table_name, key_text)
           where letter.stream_id = $1 and letter.${UNRESOLVED}
             and (head.status <> 'open' or (letter.key_text is null and letter.status <> 'open'))`
        : `select * from dead_letter where stream_id = $1 and status in ('parked', 'replaying')`;
    const rows = await this.catalog.query<LetterRecord>(
      `select id, event_id, schema_name, table_name, key_text, status::text as status, input, output is not null as has_output,
         replay_requested_by
       from (select letters.*, sum(octet_length(input::text)) over (order by ${IN_ORDER}) - octet_length(input::text) as bytes_before
             from (select * from (${chosen}) as every order by ${IN_ORDER} limit $2) as letters) as turn
       where bytes_before < $3 order by ${IN_ORDER}`,
      [this.streamId, limit, TURN_BYTES],
    );
    return rows.map((row) => ({
      id: row.id,
      eventId: row.event_id,
      scope: row.key_text === null ? null : scopeOf(row.schema_name, row.table_name, row.key_text),
      status: row.status,
      input: row.input,
      hasOutput: row.has_output,
      requestedBy: row.replay_requested_by,
    }));
  }

  async resolve(letters: readonly StoredLetter[], resolution: string): Promise<void> {
    if (letters.length === 0) return;
    await this.catalog.query(
      `update dead_letter set status = 'replayed', resolved_at = now(), last_attempt_at = now(), attempt_count = attempt_count + 1,
         resolved_by = coalesce(replay_requested_by, 'worker'), resolution = $3
       where stream_id = $1 and id = any($2::uuid[]) and status in ('parked', 'replaying')`,
      [this.streamId, letters.map((letter) => letter.id), resolution],
    );
  }

  async reopen(letter: StoredLetter, error: DeliveryError): Promise<void> {
    const attempt = {
      at: new Date().toISOString(),
      errorClass: error.errorClass,
      message: error.message.slice(0, 2000),
      ...(error.status === undefined ? {} : { status: error.status }),
    };
    await this.catalog.query(
      `update dead_letter set status = 'open', last_attempt_at = now(), attempt_count = attempt_count + 1,
         error_class = $3, error_message = $4, fingerprint = $5, replay_requested_at = null, replay_requested_by = null,
         copy_wanted = copy_wanted or $7, attempts = case when jsonb_array_length(attempts) >= 50 then attempts - 0 else attempts end || $6::jsonb
       where stream_id = $1 and id = $2 and status in ('parked', 'replaying')`,
      [
        this.streamId,
        letter.id,
        error.errorClass,
        attempt.message,
        fingerprint(this.streamId, error.errorClass, error.message, error.status),
        JSON.stringify([attempt]),
        this.onCopyWanted !== null,
      ],
    );
    this.onCopyWanted?.();
  }

  async discardSnapshotLetters(): Promise<void> {
    await this.catalog.query(
      `update dead_letter set status = 'discarded', resolved_at = now(), resolved_by = 'worker',
         resolution = 'the snapshot started anew and reads this row again'
       where stream_id = $1 and ${UNRESOLVED} and (input -> 'position' ->> 'fromSnapshot')::boolean`,
      [this.streamId],
    );
  }
}

interface LetterRecord {
  id: string;
  event_id: string;
  schema_name: string;
  table_name: string;
  key_text: string | null;
  status: StoredLetter['status'];
  input: StoredChange;
  has_output: boolean;
  replay_requested_by: string | null;
}

function letterRow(change: Change, event: OutboundEvent | null, key: string | null) {
  return {
    event_id: event?.id ?? eventId(change.position),
    key_text: key,
    commit_lsn: String(change.position.commitLsn),
    seq: change.position.seq,
    op: event?.op ?? change.op,
    schema_name: change.relation.schema,
    table_name: change.relation.table,
    committed_at: change.transaction && new Date(Number(change.transaction.commitTimeUs / 1000n)).toISOString(),
    input: storeChange(forLetter(change)),
    // A tombstone has no payload, yet it was made: the text says so.
    output: event && (event.payload === null ? 'null' : wholeCharacters(event.payload.subarray(0, OUTPUT_BYTES))),
  };
}
