const Encoder = require('kafkajs/src/protocol/encoder');

/**
 * In the place of protocol/request.js: length, header and what a request holds, copied once; not at all where the request left room in front.
 * @param {{ correlationId: number, clientId: string,
 *   request: { apiKey: number, apiVersion: number, encode(room: number): Promise<{ buf: Buffer, offset: number, room?: number }> } }} asked
 * @returns {Promise<{ buffer: Buffer }>}
 */
module.exports = async ({ correlationId, clientId, request: { apiKey, apiVersion, encode } }) => {
  const head = new Encoder().writeInt32(0).writeInt16(apiKey).writeInt16(apiVersion).writeInt32(correlationId).writeString(clientId).buffer;
  const { buf, offset, room = 0 } = await encode(head.length);
  const buffer = room === head.length ? buf.subarray(0, offset) : Buffer.concat([head, buf.subarray(0, offset)]);
  head.copy(buffer);
  buffer.writeInt32BE(buffer.length - 4);
  return { buffer };
};
