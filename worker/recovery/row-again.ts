import { messageOf } from '@/core/errors';
import type { DeliveryError } from '@/worker/sink/sink';
import type { Change } from '@/worker/source/source';
import { megabytes } from './oversize';
import type { ReadRow, RowKey } from './recovery';

/** What a letter that does not hold its large values would be replayed from. */
export type RowAgain =
  | { readonly kind: 'change'; readonly change: Change }
  /** The row is not there any more: nothing is left to send. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'error'; readonly error: DeliveryError };

/**
 * The change with its row as the table has it now, under its own position and so its own event id. A deleted row cannot be read
 * again: the marker of unavailable values stands for its large ones. Never rejects.
 */
export async function rowAgain(change: Change, readRow: ReadRow): Promise<RowAgain> {
  const { cut: _cut, ...others } = change;
  const { lsn, position, before, after } = change;
  const rest = { ...others, lsn, position, before, after };
  if (after === null) return { kind: 'change', change: rest };
  const key = keyOf(change);
  if (!key) return failed('its table has no key to read it by');
  try {
    const now = await readRow(change.relation, key);
    if (now.kind === 'gone') return now;
    if (now.kind === 'too_large') return failed(`it has ${megabytes(now.bytes)} MB now, too`);
    const sameShape =
      now.relation.columns.map(({ name }) => name).join('\0') === change.relation.columns.map(({ name }) => name).join('\0');
    const old = sameShape ? {} : ({ before: null, beforeKind: 'none' } as const);
    return { kind: 'change', change: { ...rest, relation: now.relation, after: now.tuple, ...old } };
  } catch (thrown) {
    return failed(messageOf(thrown));
  }
}

/** Primary key of the new row, else its replica identity; null when it has none or FULL stands for one. */
function keyOf({ relation, after }: Change): RowKey | null {
  const marked = (mark: 'primaryKey' | 'identity') => relation.columns.flatMap((column, index) => (column[mark] ? [index] : []));
  const columns = marked('primaryKey').length > 0 || relation.replicaIdentity === 'full' ? marked('primaryKey') : marked('identity');
  const key = new Map<string, string>();
  for (const index of columns) {
    const value = after?.[index];
    if (typeof value !== 'string') return null;
    key.set(relation.columns[index]?.name ?? '', value);
  }
  return key.size > 0 ? key : null;
}

/** Class oversize: it was that before, and it is no outage that would hold up the stream. */
function failed(why: string): RowAgain {
  return {
    kind: 'error',
    error: { errorClass: 'oversize', message: `the row was too large to be kept and could not be read again: ${why}` },
  };
}
