import type { OutboundEvent } from '@/worker/flow/flow';
import type { LogTable } from './statements';

/** Header of COPY's binary form: signature, flags, length of the extension (Postgres docs, COPY, File Formats). */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const COLUMNS = 10;
/** Microseconds from the Unix epoch to 2000-01-01, where Postgres counts from. */
const EPOCH_2000_US = 946_684_800_000_000n;
/** Lengths of ten columns, their count, and the three that are numbers. */
const FIXED_BYTES = 2 + COLUMNS * 4 + 8 + 4 + 8;
const NO_PAYLOAD = Buffer.from('null');

/** Fails when any of the events is there already (23505); then none of the batch is. */
export function copySql(table: LogTable): string {
  const columns = 'stream, event_id, key_text, op, schema_name, table_name, commit_lsn, seq, committed_at, payload';
  return `copy ${table.name} (${columns}) from stdin (format binary)`;
}

/** The rows of a batch for `copySql`. The payloads' bytes are not touched: binary json is its text. */
export function copyRows(stream: string, batch: readonly OutboundEvent[]): Buffer {
  const out = Buffer.allocUnsafe(HEADER.length + 2 + batch.reduce((sum, event) => sum + largest(stream, event), 0));
  let at = HEADER.copy(out);
  const text = (value: string | null) => {
    if (value === null) {
      at = out.writeInt32BE(-1, at);
      return;
    }
    const bytes = out.write(value, at + 4);
    out.writeInt32BE(bytes, at);
    at += 4 + bytes;
  };
  for (const { id, key, op, schema, table, position, commitTimeUs, payload } of batch) {
    at = out.writeInt16BE(COLUMNS, at);
    for (const value of [stream, id, key, op, schema, table]) text(value);
    at = out.writeInt32BE(8, at);
    at = out.writeBigInt64BE(BigInt.asIntN(64, position.commitLsn), at);
    at = out.writeInt32BE(4, at);
    at = out.writeInt32BE(position.seq, at);
    if (commitTimeUs === null) at = out.writeInt32BE(-1, at);
    else {
      at = out.writeInt32BE(8, at);
      at = out.writeBigInt64BE(commitTimeUs - EPOCH_2000_US, at);
    }
    const body = payload ?? NO_PAYLOAD;
    at = out.writeInt32BE(body.length, at);
    at += body.copy(out, at);
  }
  at = out.writeInt16BE(-1, at);
  return out.subarray(0, at);
}

/** Bytes that the row of an event takes at most: a UTF-16 unit is three bytes of UTF-8 at most. */
function largest(stream: string, { id, key, op, schema, table, payload }: OutboundEvent): number {
  const units = stream.length + id.length + (key?.length ?? 0) + op.length + schema.length + table.length;
  return FIXED_BYTES + units * 3 + (payload ?? NO_PAYLOAD).length;
}
