import type { Change } from '@/worker/source/source';
import type { Pending } from './pending';

const MOST_CHANGES = 500;
const MOST_BYTES = 1024 * 1024;

/** Whole changes from the front of these messages, as many as one batch of the buffer holds; a larger change comes alone. */
export function takeChanges(waiting: readonly Pending[]): { readonly items: Pending[]; readonly changes: Change[] } {
  const items: Pending[] = [];
  const changes: Change[] = [];
  let bytes = 0;
  for (const item of waiting) {
    if (item.of !== items.at(-1)?.of) {
      bytes += Math.max(item.change.wireBytes, item.bytes);
      if (changes.length >= MOST_CHANGES || (changes.length > 0 && bytes > MOST_BYTES)) break;
      changes.push(item.change);
    }
    items.push(item);
  }
  return { items, changes };
}
