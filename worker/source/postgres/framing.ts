import { SpillwayError } from '@/core/errors';
import type { Lsn } from '@/core/postgres/lsn';
import { ByteReader, uint32At } from './byte-reader';

/** Microseconds from the Unix epoch to 2000-01-01, the epoch of Postgres timestamps. */
export const POSTGRES_EPOCH_US = 946_684_800_000_000n;

/** A CopyData payload of the streaming replication protocol (Postgres docs, 54.4). */
export type Frame =
  | { readonly kind: 'data'; readonly walStart: Lsn; readonly payload: Buffer }
  | { readonly kind: 'keepalive'; readonly walEnd: Lsn; readonly replyRequested: boolean };

const XLOG_DATA = 0x77;
const KEEPALIVE = 0x6b;
const STANDBY_STATUS = 0x72;
/** Where the LSN of a data frame stands in it. */
export const WAL_START = 1;
/** Where it says when the server sent it. */
const SENT_AT = 17;
/** Where the payload of a data frame begins. */
export const XLOG_DATA_HEADER = 25;

/** Takes a frame apart. `payload` is a view on `chunk`: decode or copy it before the socket reads on. */
export function parseFrame(chunk: Buffer): Frame {
  const reader = new ByteReader(chunk, 'A replication frame');
  const type = reader.uint8();
  if (type === XLOG_DATA) {
    const walStart = reader.uint64();
    reader.uint64();
    reader.int64();
    return { kind: 'data', walStart, payload: chunk.subarray(XLOG_DATA_HEADER) };
  }
  if (type === KEEPALIVE) {
    const walEnd = reader.uint64();
    reader.int64();
    const replyRequested = reader.uint8() !== 0;
    reader.end();
    return { kind: 'keepalive', walEnd, replyRequested };
  }
  throw new SpillwayError('protocol_error', `The server sent an unknown replication frame of type ${type}`);
}

/** Whether a data frame with a message in it stands there. */
export function isData(bytes: Buffer, start: number, end: number): boolean {
  return end - start > XLOG_DATA_HEADER && bytes[start] === XLOG_DATA;
}

/** When the server sent the data frame that stands at `start`, by its clock, µs since 2000-01-01; exact below 2^53. */
export function sentUs(bytes: Buffer, start: number): number {
  return uint32At(bytes, start + SENT_AT) * 0x1_0000_0000 + uint32At(bytes, start + SENT_AT + 4);
}

let latestHigh = 0;
let latestHighLsn = 0n;

/** The LSN in eight bytes. Consecutive ones share their upper half, which is made into a bigint once. */
export function lsnAt(bytes: Buffer, at: number): Lsn {
  const high = uint32At(bytes, at);
  if (high !== latestHigh) {
    latestHigh = high;
    latestHighLsn = BigInt(high) << 32n;
  }
  return latestHighLsn + BigInt(uint32At(bytes, at + 4));
}

export interface StandbyStatus {
  readonly write: Lsn;
  /** Flushed and applied are one: settled at the sink. 0 says nothing and is ignored by the server. */
  readonly flush: Lsn;
  readonly nowUs: bigint;
  readonly replyRequested: boolean;
}

/** Standby status update, 34 bytes. LSNs go out as they are: a commit's end LSN is where to resume, nothing is added. */
export function encodeStatus({ write, flush, nowUs, replyRequested }: StandbyStatus): Buffer {
  const bytes = Buffer.alloc(34);
  bytes[0] = STANDBY_STATUS;
  bytes.writeBigUInt64BE(write, 1);
  bytes.writeBigUInt64BE(flush, 9);
  bytes.writeBigUInt64BE(flush, 17);
  bytes.writeBigInt64BE(nowUs - POSTGRES_EPOCH_US, 25);
  bytes[33] = replyRequested ? 1 : 0;
  return bytes;
}
