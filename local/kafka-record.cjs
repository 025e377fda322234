const Encoder = require('kafkajs/src/protocol/encoder');

/**
 * A record of kafkajs (protocol/recordBatch/record/v0), byte for byte, in one buffer of its size: kafkajs itself makes one of 512 bytes for
 * every header and lets that of the record grow, which is half of what a producer costs.
 * @param {{ offsetDelta?: number, timestampDelta?: number, key: unknown, value: unknown, headers?: Record<string, unknown> }} record
 */
module.exports = ({ offsetDelta = 0, timestampDelta = 0, key, value, headers = {} }) => {
  /** @type {[string, unknown][]} */
  const pairs = Object.entries(headers).flatMap(([name, held]) =>
    Array.isArray(held) ? held.map((each) => [name, each]) : [[name, held]],
  );
  const bytes = Encoder.sizeOfVarIntBytes;
  const sizeOfHeaders = pairs.reduce((sum, [name, held]) => sum + bytes(name) + bytes(held), Encoder.sizeOfVarInt(pairs.length));
  const size = 1 + Encoder.sizeOfVarLong(timestampDelta) + Encoder.sizeOfVarInt(offsetDelta) + bytes(key) + bytes(value) + sizeOfHeaders;
  const encoder = new Encoder(size + Encoder.sizeOfVarInt(size))
    .writeVarInt(size)
    .writeInt8(0)
    .writeVarLong(timestampDelta)
    .writeVarInt(offsetDelta)
    .writeVarIntBytes(key)
    .writeVarIntBytes(value)
    .writeVarInt(pairs.length);
  for (const [name, held] of pairs) encoder.writeVarIntString(name).writeVarIntBytes(held);
  return encoder;
};
