import { type ByteWriter, viewOf } from './byte-writer';
import type { TextToJson } from './json-text';
import { jsonString } from './json-text';

/**
 * Writes the value whose text stands in `from` between `start` and `end` as JSON. The same bytes as its TextToJson gives, for any bytes at
 * all: what has not the usual form is left to that one.
 */
export type BytesToJson = (out: ByteWriter, from: Buffer, start: number, end: number) => void;

/** Above this a value's escapes are counted first, so that it is not given six times its room. */
const SHORT_BYTES = 2 * 1024;

/** Through text: for types whose values are worth no shorter way. */
export function throughText(encode: TextToJson): BytesToJson {
  return (out, from, start, end) => {
    const json = encode(from.toString('utf8', start, end));
    out.room(json.length < SHORT_BYTES ? json.length * 3 : Buffer.byteLength(json));
    out.at += out.bytes.write(json, out.at);
  };
}

/** What follows the backslash for a byte, `u` = its number does; 0 = the byte stands for itself, 1 = it begins a longer character. */
const ESCAPE = new Uint8Array(256);
ESCAPE.fill(0x75, 0, 0x20).fill(1, 0x80);
for (const [byte, letter] of ['\bb', '\tt', '\nn', '\ff', '\rr', '""', '\\\\'].map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)]))
  ESCAPE[byte as number] = letter as number;
const HEX = Buffer.from('0123456789abcdef');

const stringThroughText = throughText(jsonString);

/** Of what was read last: the values of many rows stand in it. A larger one holds one row and is not kept for its sake. */
const MOST_VIEWED_BYTES = 64 * 1024;
let viewed: Buffer = Buffer.alloc(0);
let view = viewOf(viewed);

function look(from: Buffer): void {
  viewed = from;
  view = viewOf(from);
}

/** Whether one of these four bytes is below 0x20, above 0x7f, a quote or a backslash: a borrow out of a byte comes of one that is. */
const special = (four: number): boolean =>
  (((four - 0x20202020) | ((four ^ 0x22222222) - 0x01010101) | ((four ^ 0x5c5c5c5c) - 0x01010101) | four) & 0x80808080) !== 0;

/** A JSON string (jsonString). Bytes that are no UTF-8, which a server of encoding SQL_ASCII sends, become U+FFFD as in any text. */
export const stringBytes: BytesToJson = (out, from, start, end) => {
  const length = end - start;
  out.room(2 + (length < SHORT_BYTES ? 6 * length : escapedLength(from, start, end)));
  const to = out.bytes;
  let at = out.at;
  to[at++] = 0x22;
  const byFours = from.length <= MOST_VIEWED_BYTES ? end - 3 : start;
  if (from !== viewed && start < byFours) look(from);
  for (let next = start; next < end; next += 1) {
    for (; next < byFours; next += 4) {
      const four = view.getInt32(next, true);
      if (special(four)) break;
      out.view.setInt32(at, four, true);
      at += 4;
    }
    if (next === end) break;
    const byte = from[next] as number;
    const mark = ESCAPE[byte] as number;
    if (mark === 0) to[at++] = byte;
    else if (mark === 1) {
      const more = continuation(from, next, end);
      if (more === 0) {
        stringThroughText(out, from, start, end);
        return;
      }
      to[at++] = byte;
      for (let left = more; left > 0; left -= 1) to[at++] = from[++next] as number;
    } else {
      to[at++] = 0x5c;
      to[at++] = mark;
      if (mark === 0x75) {
        to[at++] = 0x30;
        to[at++] = 0x30;
        to[at++] = HEX[byte >> 4] as number;
        to[at++] = HEX[byte & 15] as number;
      }
    }
  }
  to[at++] = 0x22;
  out.at = at;
};

function escapedLength(from: Buffer, start: number, end: number): number {
  let length = end - start;
  for (let next = start; next < end; next += 1) {
    const mark = ESCAPE[from[next] as number] as number;
    if (mark > 1) length += mark === 0x75 ? 5 : 1;
  }
  return length;
}

/** How many bytes follow the first of the character at `at`; 0 when it is no well-formed one (Unicode, table 3-7). */
function continuation(from: Buffer, at: number, end: number): number {
  const first = from[at] as number;
  const more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
  if (more === 0 || at + more >= end) return 0;
  const second = from[at + 1] as number;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next <= at + more; next += 1) if (((from[next] as number) & 0xc0) !== 0x80) return 0;
  return more;
}

/** The bytes as they are. */
function plain(out: ByteWriter, from: Buffer, start: number, end: number): void {
  out.room(end - start);
  const to = out.bytes;
  let at = out.at;
  for (let next = start; next < end; next += 1) to[at++] = from[next] as number;
  out.at = at;
}

/** Where the digits end that begin at `at`. */
export function digitsEnd(from: Buffer, at: number, end: number): number {
  let next = at;
  while (next < end && ((from[next] as number) - 0x30) >>> 0 < 10) next += 1;
  return next;
}

/** Where a whole number as JSON has it ends; -1 when none begins at `at`. */
function wholeEnd(from: Buffer, at: number, end: number): number {
  const first = at < end && from[at] === 0x2d ? at + 1 : at;
  const next = digitsEnd(from, first, end);
  return next === first || (from[first] === 0x30 && next > first + 1) ? -1 : next;
}

export const integerBytes: BytesToJson = (out, from, start, end) => {
  (wholeEnd(from, start, end) === end ? plain : stringBytes)(out, from, start, end);
};

export const floatBytes: BytesToJson = (out, from, start, end) => {
  let next = wholeEnd(from, start, end);
  if (next !== -1 && next < end && from[next] === 0x2e) next = someDigits(from, next + 1, end);
  if (next !== -1 && next < end && from[next] === 0x65) {
    const sign = from[next + 1] === 0x2b || from[next + 1] === 0x2d ? 2 : 1;
    next = someDigits(from, next + sign, end);
  }
  (next === end ? plain : stringBytes)(out, from, start, end);
};

function someDigits(from: Buffer, at: number, end: number): number {
  const next = digitsEnd(from, at, end);
  return next <= at ? -1 : next;
}

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

export const booleanBytes: BytesToJson = (out, from, start, end) => {
  const letter = end - start === 1 ? from[start] : 0;
  if (letter === 0x74) plain(out, TRUE, 0, 4);
  else if (letter === 0x66) plain(out, FALSE, 0, 5);
  else stringBytes(out, from, start, end);
};

/** A whole number from 0 to 2^53 in decimal. */
export function writeWhole(out: ByteWriter, value: number): void {
  let digits = 1;
  for (let power = 10; value >= power; power *= 10) digits += 1;
  out.room(digits);
  const to = out.bytes;
  const end = out.at + digits;
  // Nine digits at a time are whole numbers of the processor.
  let high = value;
  for (let at = end; at > out.at; ) {
    const rest = Math.floor(high / 1e9);
    let low = (high - rest * 1e9) | 0;
    high = rest;
    for (const stop = Math.max(out.at, at - 9); at > stop; ) {
      const tens = (low / 10) | 0;
      to[--at] = 0x30 + low - tens * 10;
      low = tens;
    }
  }
  out.at = end;
}
