import { float, jsonString, type TextToJson } from './json-text';
import type { ValueModes } from './modes';

const HEX = /^\\x(?:[0-9a-f]{2})*$/i;

/**
 * bytea (`\x…`, bytea_output=hex) by `binary.handling.mode`. `bytes` comes out of a JSON converter as base64 too; the URL-safe
 * alphabet keeps its padding, as in java.util.Base64.
 */
export function bytea(mode: ValueModes['binaryHandlingMode']): TextToJson {
  const write = bytesWriter(mode);
  if (mode === 'hex') return (text) => (HEX.test(text) ? `"${text.slice(2).toLowerCase()}"` : jsonString(text));
  return (text) => (HEX.test(text) ? `"${write(Buffer.from(text.slice(2), 'hex'))}"` : jsonString(text));
}

/** Bytes as the text that a mode gives them. */
export function bytesWriter(mode: ValueModes['binaryHandlingMode']): (bytes: Buffer) => string {
  switch (mode) {
    case 'bytes':
    case 'base64':
      return (bytes) => bytes.toString('base64');
    case 'base64-url-safe':
      return (bytes) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
    case 'hex':
      return (bytes) => bytes.toString('hex');
  }
}

/**
 * bit(n), varbit: a boolean when one bit is declared, else base64 of little-endian bytes, the leading
 * zero bytes left out (PostgresValueConverter.convertBits builds them from a java.util.BitSet).
 */
export function bits(declared: number): TextToJson {
  return (text) => {
    if (!/^[01]*$/.test(text)) return jsonString(text);
    if (declared === 1) return text === '' ? 'null' : text === '1' ? 'true' : 'false';
    const bytes = Buffer.alloc(Math.ceil(text.length / 8));
    let used = 0;
    for (let bit = 0; bit < text.length; bit++) {
      if (text[text.length - 1 - bit] !== '1') continue;
      const byte = bit >> 3;
      bytes[byte] = (bytes[byte] ?? 0) | (1 << (bit & 7));
      used = byte + 1;
    }
    return `"${bytes.toString('base64', 0, used)}"`;
  };
}

const POINT = /^\(([^,]+),([^,]+)\)$/;

/** point → Debezium's Point: coordinates, the same as little-endian WKB, no reference system. */
export const point: TextToJson = (text) => {
  const match = POINT.exec(text);
  if (!match?.[1] || !match[2]) return jsonString(text);
  const x = Number(match[1]);
  const y = Number(match[2]);
  const wkb = Buffer.alloc(21);
  wkb.writeUInt8(1, 0);
  wkb.writeUInt32LE(1, 1);
  wkb.writeDoubleLE(x, 5);
  wkb.writeDoubleLE(y, 13);
  return `{"x":${float(match[1])},"y":${float(match[2])},"wkb":"${wkb.toString('base64')}","srid":null}`;
};
