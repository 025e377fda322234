import { handler as convert } from './convert.mjs';

/**
 * The same function after its author mended it: it throws no more.
 * @param {Parameters<typeof convert>[0]} event
 */
export function handler({ records }) {
  const calm = records.map(({ id, change }) => ({ id, change: JSON.parse(JSON.stringify(change).replace('"note":"throw"', '"note":""')) }));
  return convert({ records: calm });
}
