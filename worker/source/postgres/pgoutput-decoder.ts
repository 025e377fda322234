import { SpillwayError } from '@/core/errors';
import type { Lsn } from '@/core/postgres/lsn';
import { type ColumnValue, type Relation, type Tuple, UNCHANGED } from '@/worker/source/source';
import { ByteReader } from './byte-reader';
import { POSTGRES_EPOCH_US } from './framing';
import { NULL_VALUE, TEXT_VALUE, UNCHANGED_TOAST } from './tuple-data';

/** A column as the Relation message tells it: no primary key, no type name. */
export interface AnnouncedColumn {
  readonly name: string;
  readonly typeOid: number;
  readonly typeModifier: number;
  readonly identity: boolean;
}
export interface AnnouncedRelation {
  readonly oid: number;
  readonly schema: string;
  readonly table: string;
  readonly replicaIdentity: Relation['replicaIdentity'];
  readonly columns: readonly AnnouncedColumn[];
}
export interface OldRow {
  readonly kind: 'key' | 'full';
  readonly tuple: Tuple;
}

/** Messages of pgoutput, protocol version 1, text format (Postgres docs, 54.9). */
export type PgoutputMessage =
  | { readonly kind: 'begin'; readonly commitLsn: Lsn; readonly commitTimeUs: bigint; readonly xid: number }
  | { readonly kind: 'commit'; readonly commitLsn: Lsn; readonly endLsn: Lsn; readonly commitTimeUs: bigint }
  | { readonly kind: 'origin'; readonly originLsn: Lsn; readonly name: string }
  | { readonly kind: 'relation'; readonly relation: AnnouncedRelation }
  | { readonly kind: 'type'; readonly typeOid: number; readonly schema: string; readonly name: string }
  | { readonly kind: 'insert'; readonly relationOid: number; readonly after: Tuple }
  | { readonly kind: 'update'; readonly relationOid: number; readonly before: OldRow | null; readonly after: Tuple }
  | { readonly kind: 'delete'; readonly relationOid: number; readonly before: OldRow }
  | { readonly kind: 'truncate'; readonly relationOids: readonly number[]; readonly cascade: boolean; readonly restartIdentity: boolean }
  | {
      readonly kind: 'message';
      readonly transactional: boolean;
      readonly lsn: Lsn;
      readonly prefix: string;
      readonly content: Buffer;
      /** Set by large-row.ts when `content` is only how it begins. */
      readonly cutBytes?: number;
    };

const IDENTITY: Readonly<Record<string, Relation['replicaIdentity']>> = { d: 'default', n: 'nothing', f: 'full', i: 'index' };

/** Decodes one message. Throws a SpillwayError of kind protocol_error on anything unknown, short or overlong; never reads past the end. */
export function decodePgoutput(payload: Buffer): PgoutputMessage {
  const reader = new ByteReader(payload, 'A pgoutput message');
  const tag = String.fromCharCode(reader.uint8());
  const message = decodeBody(tag, reader);
  reader.end();
  return message;
}

function decodeBody(tag: string, reader: ByteReader): PgoutputMessage {
  switch (tag) {
    case 'B':
      return { kind: 'begin', commitLsn: reader.uint64(), commitTimeUs: reader.int64() + POSTGRES_EPOCH_US, xid: reader.uint32() };
    case 'C':
      reader.uint8();
      return { kind: 'commit', commitLsn: reader.uint64(), endLsn: reader.uint64(), commitTimeUs: reader.int64() + POSTGRES_EPOCH_US };
    case 'O':
      return { kind: 'origin', originLsn: reader.uint64(), name: reader.cstring() };
    case 'R':
      return { kind: 'relation', relation: readRelation(reader) };
    case 'Y':
      return { kind: 'type', typeOid: reader.uint32(), schema: reader.cstring(), name: reader.cstring() };
    case 'I': {
      const relationOid = reader.uint32();
      expectTag(reader, 'N');
      return { kind: 'insert', relationOid, after: readTuple(reader) };
    }
    case 'U':
      return readUpdate(reader);
    case 'D': {
      const relationOid = reader.uint32();
      return { kind: 'delete', relationOid, before: readOldRow(reader, String.fromCharCode(reader.uint8())) };
    }
    case 'T':
      return readTruncate(reader);
    case 'M': {
      const transactional = (reader.uint8() & 1) === 1;
      const lsn = reader.uint64();
      const prefix = reader.cstring();
      return { kind: 'message', transactional, lsn, prefix, content: reader.bytes(reader.uint32()) };
    }
    default:
      throw refused(`message type ${printable(tag)} is not part of protocol version 1`);
  }
}

function readRelation(reader: ByteReader): AnnouncedRelation {
  const oid = reader.uint32();
  // An empty namespace stands for pg_catalog.
  const schema = reader.cstring() || 'pg_catalog';
  const table = reader.cstring();
  const identity = String.fromCharCode(reader.uint8());
  const replicaIdentity = IDENTITY[identity];
  if (!replicaIdentity) throw refused(`replica identity ${printable(identity)} is unknown`);
  const count = reader.uint16();
  const columns: AnnouncedColumn[] = [];
  for (let index = 0; index < count; index += 1) {
    const isIdentity = (reader.uint8() & 1) === 1;
    columns.push({ identity: isIdentity, name: reader.cstring(), typeOid: reader.uint32(), typeModifier: reader.int32() });
  }
  return { oid, schema, table, replicaIdentity, columns };
}

function readUpdate(reader: ByteReader): PgoutputMessage {
  const relationOid = reader.uint32();
  let tag = String.fromCharCode(reader.uint8());
  let before: OldRow | null = null;
  if (tag !== 'N') {
    before = readOldRow(reader, tag);
    tag = String.fromCharCode(reader.uint8());
    if (tag !== 'N') throw refused(`an update has ${printable(tag)} where its new row belongs`);
  }
  return { kind: 'update', relationOid, before, after: readTuple(reader) };
}

function readOldRow(reader: ByteReader, tag: string): OldRow {
  if (tag === 'K') return { kind: 'key', tuple: readTuple(reader) };
  if (tag === 'O') return { kind: 'full', tuple: readTuple(reader) };
  throw refused(`a change has ${printable(tag)} where its old row belongs`);
}

function readTruncate(reader: ByteReader): PgoutputMessage {
  const count = reader.uint32();
  const options = reader.uint8();
  const relationOids: number[] = [];
  for (let index = 0; index < count; index += 1) relationOids.push(reader.uint32());
  return { kind: 'truncate', relationOids, cascade: (options & 1) !== 0, restartIdentity: (options & 2) !== 0 };
}

const BINARY_VALUE = 0x62;

function readTuple(reader: ByteReader): ColumnValue[] {
  const count = reader.uint16();
  const values: ColumnValue[] = [];
  for (let index = 0; index < count; index += 1) {
    const kind = reader.uint8();
    if (kind === TEXT_VALUE) values.push(reader.utf8(reader.uint32()));
    else if (kind === NULL_VALUE) values.push(null);
    else if (kind === UNCHANGED_TOAST) values.push(UNCHANGED);
    else if (kind === BINARY_VALUE) throw refused(`column ${index + 1} came in binary format, which was not asked for`);
    else throw refused(`column ${index + 1} is of unknown kind ${printable(String.fromCharCode(kind))}`);
  }
  return values;
}

function expectTag(reader: ByteReader, wanted: string): void {
  const tag = String.fromCharCode(reader.uint8());
  if (tag !== wanted) throw refused(`${printable(tag)} stands where ${wanted} belongs`);
}

function refused(problem: string): SpillwayError {
  return new SpillwayError('protocol_error', `A pgoutput message was refused: ${problem}`);
}

/** The tag as a letter, or its code when it is not one. */
function printable(tag: string): string {
  return /^[!-~]$/.test(tag) ? `"${tag}"` : `0x${tag.charCodeAt(0).toString(16)}`;
}
