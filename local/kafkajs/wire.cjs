/** Up to this many UTF-16 units a loop is quicker than a call into Node. */
const SHORT = 128;
/** What the operators of bits can hold. */
const INT = 0x7fffffff;

/** Bytes of a text in UTF-8. @param {string} text */
function textSize(text) {
  if (text.length > SHORT) return Buffer.byteLength(text);
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return Buffer.byteLength(text);
  return text.length;
}

/** Bytes of what Kafka calls VARINT and VARLONG (zigzag, seven bits a byte). @param {number} value an integer, up to 2^52 */
function varintSize(value) {
  let rest = zigzag(value);
  let size = 1;
  for (; rest > INT; size++) rest = Math.floor(rest / 128);
  for (; rest > 127; size++) rest >>>= 7;
  return size;
}

/** @param {Buffer} buffer @param {number} at @param {number} value @returns {number} where it ends */
function writeVarint(buffer, at, value) {
  let rest = zigzag(value);
  let end = at;
  for (; rest > INT; rest = Math.floor(rest / 128)) buffer[end++] = (rest % 128) | 128;
  for (; rest > 127; rest >>>= 7) buffer[end++] = (rest & 127) | 128;
  buffer[end++] = rest;
  return end;
}

/** @param {number} value */
function zigzag(value) {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** As kafkajs takes keys, values and headers: what is neither a Buffer nor missing is text. @param {unknown} held */
function bytesSize(held) {
  if (held === null || held === undefined) return 1;
  const size = Buffer.isBuffer(held) ? held.length : textSize(String(held));
  return varintSize(size) + size;
}

/** Their length and the bytes; a length of -1 for what is missing. @param {Buffer} buffer @param {number} at @param {unknown} held @returns {number} where it ends */
function writeBytes(buffer, at, held) {
  if (held === null || held === undefined) return writeVarint(buffer, at, -1);
  if (Buffer.isBuffer(held)) {
    const start = writeVarint(buffer, at, held.length);
    buffer.set(held, start);
    return start + held.length;
  }
  const text = String(held);
  const size = textSize(text);
  const start = writeVarint(buffer, at, size);
  if (size !== text.length || size > SHORT) buffer.write(text, start);
  else for (let index = 0; index < size; index++) buffer[start + index] = text.charCodeAt(index);
  return start + size;
}

module.exports = { bytesSize, textSize, varintSize, writeBytes, writeVarint };
