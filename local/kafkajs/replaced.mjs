import { join } from 'node:path';
import { ROOT } from '../fingerprint.mjs';

/** Its folder, from that of the checkout. */
export const KAFKAJS = join('node_modules', 'kafkajs', 'src');

/**
 * Files of kafkajs (below its src, without `.js`) → what stands in their place (below this folder): in the bundles and in tests against brokers.
 * @type {Readonly<Record<string, string>>}
 */
export const REPLACED = {
  'protocol/request': 'request.cjs',
  'protocol/requests/produce/v3/request': 'produce-request.cjs',
  'producer/groupMessagesPerPartition': 'group-by-partition.cjs',
  'network/requestQueue': 'request-queue.cjs',
};

/** @param {string} file a file of kafkajs, as kafkajs asks for it @returns {string | undefined} what takes its place */
export function replacementOf(file) {
  const ours = Object.keys(REPLACED).find((theirs) => file.endsWith(join(KAFKAJS, theirs)));
  return ours && join(ROOT, 'local', 'kafkajs', REPLACED[ours] ?? '');
}
