import { float, jsonString, type TextToJson } from './json-text';

const HEX = /^\\x(?:[0-9a-f]{2})*$/i;

/** bytea (`\x…`, bytea_output=hex) → base64, as Debezium's `binary.handling.mode=bytes` comes out of a JSON converter. */
export const bytea: TextToJson = (text) =>
  HEX.test(text) ? `"${Buffer.from(text.slice(2), 'hex').toString('base64')}"` : jsonString(text);

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
