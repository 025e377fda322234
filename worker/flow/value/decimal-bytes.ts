import { type BytesToJson, digitsEnd } from './json-bytes';

const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
/** With so many digits an unscaled value, and its complement, is exact as a number. */
const MOST_DIGITS = 14;

/** A numeric of a declared scale from 0 on as base64 of its unscaled value (fixedScale of decimal.ts); `otherwise` for all but short decimals. */
export function fixedScaleBytes(scale: number, otherwise: BytesToJson): BytesToJson {
  return (out, from, start, end) => {
    const negative = from[start] === 0x2d;
    const whole = negative ? start + 1 : start;
    const point = digitsEnd(from, whole, end);
    const fraction = point < end && from[point] === 0x2e ? point + 1 : point;
    const places = end - fraction;
    const wellFormed = point > whole && (fraction === point ? point === end : places > 0 && digitsEnd(from, fraction, end) === end);
    if (!wellFormed || places > scale || point - whole + scale > MOST_DIGITS) {
      otherwise(out, from, start, end);
      return;
    }
    let value = 0;
    for (let at = whole; at < point; at += 1) value = value * 10 + (from[at] as number) - 0x30;
    for (let at = fraction; at < end; at += 1) value = value * 10 + (from[at] as number) - 0x30;
    for (let left = scale - places; left > 0; left -= 1) value *= 10;
    out.room(12);
    out.at = writeComplement(out.bytes, out.at, negative ? -value : value);
  };
}

/** Big-endian two's complement in the fewest bytes as a JSON string of base64; six bytes at most. Returns where it ends. */
function writeComplement(to: Buffer, start: number, value: number): number {
  let bytes = 1;
  for (let limit = 128; value >= limit || value < -limit; limit *= 256) bytes += 1;
  // In groups of three bytes, the last one filled up with zeros.
  const groups = bytes > 3 ? 2 : 1;
  const missing = groups * 3 - bytes;
  const unsigned = (value < 0 ? value + 256 ** bytes : value) * 256 ** missing;
  let at = start;
  to[at++] = 0x22;
  for (let group = groups - 1; group >= 0; group -= 1) {
    const bits = group === 1 ? Math.floor(unsigned / 0x1000000) : unsigned % 0x1000000;
    to[at++] = BASE64[bits >> 18] as number;
    to[at++] = BASE64[(bits >> 12) & 63] as number;
    to[at++] = BASE64[(bits >> 6) & 63] as number;
    to[at++] = BASE64[bits & 63] as number;
  }
  for (let left = missing; left > 0; left -= 1) to[at - left] = 0x3d;
  to[at++] = 0x22;
  return at;
}
