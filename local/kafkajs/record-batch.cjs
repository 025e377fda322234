const Long = require('kafkajs/src/utils/long');
const crc32c = require('./crc32c.cjs');
const { recordSize, writeRecord } = require('./record.cjs');
const { varintSize } = require('./wire.cjs');

/** Bytes before the first record, the batch's own offset and length with them. */
const HEAD = 61;
const FORMAT = 2;
const TRANSACTIONAL = 16;

/**
 * What one partition gets, measured.
 * @typedef {{ messages: readonly import('./record.cjs').Message[], sizes: number[], size: number, first: number, last: number, now: number }} Batch
 */

/**
 * Looks through messages once. Those without a time have that of now; the first time of the batch is, as with kafkajs, the earliest given one.
 * @param {readonly import('./record.cjs').Message[]} messages @returns {Batch}
 */
function measure(messages) {
  const now = Date.now();
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { timestamp } of messages) {
    if (timestamp === undefined || timestamp === null) continue;
    const time = Number(timestamp);
    if (time < first) first = time;
    if (time > last) last = time;
  }
  if (first > last) first = last = now;
  let size = HEAD;
  const sizes = messages.map((message, offset) => {
    const body = recordSize(message, offset, timeOf(message, now) - first);
    size += varintSize(body) + body;
    return body;
  });
  return { messages, sizes, size, first, last, now };
}

/** @param {import('./record.cjs').Message} message @param {number} now */
function timeOf({ timestamp }, now) {
  return timestamp ? Number(timestamp) : now;
}

/**
 * Writes a record batch of format 2 (KIP-98), not compressed, byte for byte as kafkajs does.
 * @param {Buffer} buffer @param {number} at @param {Batch} batch
 * @param {{ producerId?: unknown, producerEpoch?: number, firstSequence?: number, transactional: boolean }} producer
 * @returns {number} where it ends
 */
function writeBatch(
  buffer,
  at,
  { messages, sizes, size, first, last, now },
  { producerId = -1, producerEpoch = 0, firstSequence = 0, transactional },
) {
  // The broker numbers offsets: the first one is 0 here.
  buffer.fill(0, at, at + 8);
  buffer.writeInt32BE(size - 12, at + 8);
  buffer.writeInt32BE(0, at + 12);
  buffer[at + 16] = FORMAT;
  buffer.writeInt16BE(transactional ? TRANSACTIONAL : 0, at + 21);
  buffer.writeInt32BE(messages.length - 1, at + 23);
  buffer.writeBigInt64BE(BigInt(first), at + 27);
  buffer.writeBigInt64BE(BigInt(last), at + 35);
  buffer.writeBigInt64BE(Long.fromValue(producerId).value, at + 43);
  buffer.writeInt16BE(producerEpoch, at + 51);
  buffer.writeInt32BE(firstSequence, at + 53);
  buffer.writeInt32BE(messages.length, at + 57);
  let end = at + HEAD;
  for (let offset = 0; offset < messages.length; offset++) {
    const message = messages[offset];
    end = writeRecord(buffer, end, message, sizes[offset], offset, timeOf(message, now) - first);
  }
  // Of everything behind it.
  buffer.writeUInt32BE(crc32c(buffer, at + 21, end), at + 17);
  return end;
}

module.exports = { measure, writeBatch };
