const Encoder = require('kafkajs/src/protocol/encoder');
const theirs = require('kafkajs/src/protocol/requests/produce/v3/request');
const { measure, writeBatch } = require('./record-batch.cjs');

/**
 * In the place of protocol/requests/produce/v3/request.js, on which versions 4 to 7 are built: the same bytes, measured first and then written
 * once into one buffer of that size. kafkajs itself makes a buffer of 512 bytes for each record and each header and copies every batch five
 * times. What is compressed stays its own.
 * @param {ProduceOptions} options
 * @typedef {{ partition: number | string, messages: readonly import('./record.cjs').Message[], firstSequence?: number }} Partition
 * @typedef {{ acks: number, timeout: number, transactionalId?: string | null, producerId?: unknown, producerEpoch?: number, compression?: number,
 *   topicData: readonly { topic: string, partitions: readonly Partition[] }[] }} ProduceOptions
 */
module.exports = (options) => {
  const request = theirs(options);
  return options.compression ? request : { ...request, encode: async (room = 0) => encode(options, room) };
};

/**
 * An encoder of kafkajs whose buffer begins with `room` bytes that are left to the one who asks (request.cjs).
 * @param {ProduceOptions} options @param {number} room
 */
function encode({ acks, timeout, transactionalId = null, producerId, producerEpoch, topicData }, room) {
  const head = new Encoder().writeString(transactionalId).writeInt16(acks).writeInt32(timeout).writeInt32(topicData.length).buffer;
  const topics = topicData.map(({ topic, partitions }) => ({
    head: new Encoder().writeString(topic).writeInt32(partitions.length).buffer,
    partitions: partitions.map(({ partition, messages, firstSequence }) => ({ partition, firstSequence, batch: measure(messages) })),
  }));
  let size = room + head.length;
  for (const topic of topics) {
    size += topic.head.length;
    for (const { batch } of topic.partitions) size += 8 + batch.size;
  }
  const buffer = Buffer.allocUnsafe(size);
  const transactional = !!transactionalId;
  let end = room + head.copy(buffer, room);
  for (const topic of topics) {
    end += topic.head.copy(buffer, end);
    for (const { partition, firstSequence, batch } of topic.partitions) {
      buffer.writeInt32BE(Number(partition), end);
      buffer.writeInt32BE(batch.size, end + 4);
      end = writeBatch(buffer, end + 8, batch, { producerId, producerEpoch, firstSequence, transactional });
    }
  }
  // Never bytes that nobody wrote.
  if (end !== size) throw new Error(`A produce request was measured at ${size} bytes and written as ${end}`);
  const encoder = new Encoder(0);
  encoder.buf = buffer;
  encoder.offset = end;
  return Object.assign(encoder, { room });
}
