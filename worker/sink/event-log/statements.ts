import type { OutboundEvent } from '@/worker/flow/flow';

/** Where the events go: the catalog has the table from its migrations, another Postgres gets it made here. */
export interface LogTable {
  /** Quoted, with schema where it is not found by search_path. */
  readonly name: string;
  readonly createSql: string | null;
}

export const CATALOG_TABLE: LogTable = { name: 'event_log', createSql: null };

/** The catalog's table (prisma/models/event-log.prisma) for another Postgres, in a schema of its own. */
export const OWN_TABLE: LogTable = {
  name: 'spillway.event_log',
  createSql: `
    create schema if not exists spillway;
    create table if not exists spillway.event_log (
      id bigserial primary key,
      stream text not null,
      event_id text not null,
      key_text text,
      op text not null,
      schema_name text not null,
      table_name text not null,
      commit_lsn bigint not null,
      seq integer not null,
      committed_at timestamptz(6),
      received_at timestamptz(3) not null default current_timestamp,
      payload json not null
    );
    create unique index if not exists event_log_stream_event_id_key on spillway.event_log (stream, event_id);
    create index if not exists event_log_stream_key_text_commit_lsn_seq_idx
      on spillway.event_log (stream, key_text, commit_lsn, seq);
    create index if not exists event_log_committed_at_idx on spillway.event_log using brin (committed_at);`,
};

/**
 * Leaves out what is there already.
 * $1 = stream, $2 = a JSON array of rows. One parameter: pg writes array parameters at 31 µs a row (bench).
 * `json`, not `jsonb`, so that a payload is kept byte for byte; a record's JSON null would else become SQL's.
 */
export function insertSql(table: LogTable): string {
  return `
    insert into ${table.name} (stream, event_id, key_text, op, schema_name, table_name, commit_lsn, seq, committed_at, payload)
    select $1, e.id, e.key, e.op, e.schema, e.table, e.lsn, e.seq, timestamptz 'epoch' + e.us * interval '1 microsecond', coalesce(e.payload, 'null')
    from json_to_recordset($2::json)
      as e(id text, key text, op text, schema text, "table" text, lsn bigint, seq integer, us bigint, payload json)
    on conflict (stream, event_id) do nothing`;
}

/** The rows of a batch as the JSON for `insertSql`; the payloads' bytes are not touched. */
export function insertRows(batch: readonly OutboundEvent[]): Buffer {
  const parts: Buffer[] = [];
  batch.forEach((event, index) => {
    const { position } = event;
    parts.push(
      Buffer.from(
        `${index === 0 ? '[' : ','}{"id":${JSON.stringify(event.id)},"key":${event.key === null ? 'null' : JSON.stringify(event.key)},` +
          `"op":"${event.op}","schema":${JSON.stringify(event.schema)},"table":${JSON.stringify(event.table)},` +
          `"lsn":${BigInt.asIntN(64, position.commitLsn)},"seq":${position.seq},"us":${event.commitTimeUs ?? 'null'},"payload":`,
      ),
      event.payload ?? NO_PAYLOAD,
      ROW_END,
    );
  });
  parts.push(Buffer.from(batch.length === 0 ? '[]' : ']'));
  return Buffer.concat(parts);
}

const NO_PAYLOAD = Buffer.from('null');
const ROW_END = Buffer.from('}');
