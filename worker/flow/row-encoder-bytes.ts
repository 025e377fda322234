import type { DebeziumEnvelopeSpec } from '@/core/spec/flow';
import type { Relation, WireRows } from '@/worker/source/source';
import { keyColumns } from './row-encoder';
import { type ByteWriter, Literal } from './value/byte-writer';
import { byteEncodersIn } from './value/encoder-bytes';
import type { BytesToJson } from './value/json-bytes';
import { jsonString } from './value/json-text';
import { unavailableOf } from './value/unavailable';

const TEXT = 0x74;
const NULL = 0x6e;

/** Rows of one relation, from the bytes in which they came to the bytes of their JSON: what RowEncoder gives, without a value in between. */
export interface RowByteEncoder {
  /**
   * Writes the row at `at`. Returns its key, as RowEncoder.key does; undefined when a part of the key was not sent: only RowEncoder can tell
   * it then.
   */
  row(out: ByteWriter, bytes: WireRows['bytes'], at: number): string | null | undefined;
  /** As RowEncoder's. */
  readonly identityHoldsKey: boolean;
  /** Whether the row at `at` leaves values out as unchanged. */
  hasUnchanged(bytes: WireRows['bytes'], at: number): boolean;
}

interface Field {
  /** `"name":` of the first field, `,"name":` of any other. */
  readonly first: Literal;
  readonly next: Literal;
  readonly write: BytesToJson;
  /** What stands for a value that was not sent, in quotes and all; null = no field at all. */
  readonly unavailable: Literal | null;
  /** Place in the key; -1 = not of it. */
  readonly keyAt: number;
}

/** The encoders of relations in the modes of a flow. Each is made once per relation object: the source makes a new one when the shape changes. */
export function rowByteEncodersIn(modes: DebeziumEnvelopeSpec): (relation: Relation) => RowByteEncoder {
  const compiled = new WeakMap<Relation, RowByteEncoder>();
  let latest: Relation | null = null;
  let latestEncoder: RowByteEncoder | null = null;
  return (relation) => {
    if (relation === latest && latestEncoder) return latestEncoder;
    const encoder = compiled.get(relation) ?? compile(relation, modes);
    compiled.set(relation, encoder);
    latest = relation;
    latestEncoder = encoder;
    return encoder;
  };
}

function compile(relation: Relation, modes: DebeziumEnvelopeSpec): RowByteEncoder {
  const encoderOf = byteEncodersIn(modes);
  const key = keyColumns(relation);
  const fields = relation.columns.map(
    (column, index): Field => ({
      first: new Literal(`${jsonString(column.name)}:`),
      next: new Literal(`,${jsonString(column.name)}:`),
      write: encoderOf(column),
      unavailable: modes.unchangedToast === 'omit' ? null : new Literal(unavailableOf(column, modes)),
      keyAt: key.indexOf(index),
    }),
  );
  const keyPrefixes = key.map((index, at) => `${at === 0 ? '{' : ','}${jsonString(relation.columns[index]?.name ?? '')}:`);
  const keyValues: string[] = key.map(() => '');
  return {
    identityHoldsKey: key.every((index) => relation.columns[index]?.identity),
    row(out, bytes, at) {
      let keyKnown = true;
      let empty = true;
      let next = at + 2;
      out.room(2);
      out.bytes[out.at++] = 0x7b;
      for (let index = 0; index < fields.length; index += 1) {
        const field = fields[index] as Field;
        const kind = bytes[next++];
        if (kind === TEXT) {
          const start = next + 4;
          next = start + lengthAt(bytes, next);
          out.put(empty ? field.first : field.next);
          empty = false;
          const valueAt = out.at - out.start;
          field.write(out, bytes, start, next);
          if (field.keyAt !== -1) keyValues[field.keyAt] = out.bytes.toString('utf8', out.start + valueAt, out.at);
        } else if (kind === NULL) {
          out.put(empty ? field.first : field.next);
          empty = false;
          out.put(NULL_TEXT);
          if (field.keyAt !== -1) keyValues[field.keyAt] = 'null';
        } else {
          if (field.keyAt !== -1) keyKnown = false;
          if (field.unavailable !== null) {
            out.put(empty ? field.first : field.next);
            empty = false;
            out.put(field.unavailable);
          }
        }
      }
      out.room(1);
      out.bytes[out.at++] = 0x7d;
      if (!keyKnown) return undefined;
      if (keyPrefixes.length === 0) return null;
      let text = '';
      for (let place = 0; place < keyPrefixes.length; place += 1) text += (keyPrefixes[place] as string) + (keyValues[place] as string);
      return `${text}}`;
    },
    hasUnchanged(bytes, at) {
      let next = at + 2;
      for (let left = fields.length; left > 0; left -= 1) {
        const kind = bytes[next++];
        if (kind === TEXT) next += 4 + lengthAt(bytes, next);
        else if (kind !== NULL) return true;
      }
      return false;
    },
  };
}

const NULL_TEXT = new Literal('null');

/** Bytes as they are. */
export function literal(out: ByteWriter, bytes: Buffer): void {
  const { length } = bytes;
  out.room(length);
  const to = out.bytes;
  const { at } = out;
  if (length > 32) to.set(bytes, at);
  else for (let next = 0; next < length; next += 1) to[at + next] = bytes[next] as number;
  out.at = at + length;
}

function lengthAt(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) * 0x1000000 + (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
  );
}
