const { bytesSize, varintSize, writeBytes, writeVarint } = require('./wire.cjs');

/**
 * As kafkajs takes a message.
 * @typedef {{ key?: unknown, value: unknown, headers?: Record<string, unknown>, timestamp?: string }} Message
 */

/**
 * Bytes of a record of format 2 behind its own length: attributes, time and offset as differences, key, value, headers.
 * @param {Message} message @param {number} offset @param {number} time both: difference to the first of the batch
 */
function recordSize({ key, value, headers }, offset, time) {
  let size = 1 + varintSize(time) + varintSize(offset) + bytesSize(key) + bytesSize(value);
  let count = 0;
  for (const name in headers) {
    const held = headers[name];
    const all = Array.isArray(held) ? held : null;
    count += all ? all.length : 1;
    if (all) for (const each of all) size += bytesSize(name) + bytesSize(each);
    else size += bytesSize(name) + bytesSize(held);
  }
  return size + varintSize(count);
}

/** @param {Buffer} buffer @param {number} at @param {Message} message @param {number} size as `recordSize` says @param {number} offset @param {number} time @returns {number} where it ends */
function writeRecord(buffer, at, { key, value, headers }, size, offset, time) {
  let end = writeVarint(buffer, at, size);
  buffer[end] = 0;
  end = writeVarint(buffer, end + 1, time);
  end = writeVarint(buffer, end, offset);
  end = writeBytes(buffer, end, key);
  end = writeBytes(buffer, end, value);
  let count = 0;
  for (const name in headers) count += Array.isArray(headers[name]) ? headers[name].length : 1;
  end = writeVarint(buffer, end, count);
  for (const name in headers) {
    const held = headers[name];
    if (Array.isArray(held)) for (const each of held) end = writeBytes(buffer, writeBytes(buffer, end, name), each);
    else end = writeBytes(buffer, writeBytes(buffer, end, name), held);
  }
  return end;
}

module.exports = { recordSize, writeRecord };
