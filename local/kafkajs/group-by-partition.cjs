/**
 * In the place of producer/groupMessagesPerPartition.js, which copies what it has for every message: its time grows with the square of the batch.
 * @param {{ topic: string, partitionMetadata: readonly unknown[], messages: readonly unknown[],
 *   partitioner(asked: { topic: string, partitionMetadata: readonly unknown[], message: unknown }): number }} asked
 * @returns {Record<number, unknown[]>}
 */
module.exports = ({ topic, partitionMetadata, messages, partitioner }) => {
  /** @type {Record<number, unknown[]>} */
  const groups = {};
  if (partitionMetadata.length === 0) return groups;
  for (const message of messages) {
    const partition = partitioner({ topic, partitionMetadata, message });
    const group = groups[partition];
    if (group) group.push(message);
    else groups[partition] = [message];
  }
  return groups;
};
