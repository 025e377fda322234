import type { KEY_ORDERS } from '@/core/spec/recovery';

/** As much of a letter as the order of its key depends on. */
export interface KeyedLetter {
  readonly id: string;
  /** Scope of the key (`scopeOf`); null when the table has no key. */
  readonly scope: string | null;
  readonly status: 'open' | 'parked' | 'replaying';
}

/** Schema, table and key in one text: order is kept within it. Tables without a key have one scope for ordering in flight. */
export function scopeOf(schema: string, table: string, key: string | null): string {
  return key === null ? `${schema}.${table}` : `${schema}.${table}/${key}`;
}

/**
 * Which letters may be delivered next, given the unresolved letters in order (commit LSN, seq), of any number of keys.
 * - park: per key only its first letter, and only when somebody asked for its replay, or when it merely waited behind one
 *   that is resolved now. An open letter blocks everything of its key behind it.
 * - skip: each letter is on its own; what waits from an earlier revision with `park` goes too.
 */
export function deliverable<L extends KeyedLetter>(letters: readonly L[], keyOrder: (typeof KEY_ORDERS)[number]): L[] {
  const seen = new Set<string>();
  return letters.filter((letter) => {
    if (keyOrder === 'park' && letter.scope !== null) {
      if (seen.has(letter.scope)) return false;
      seen.add(letter.scope);
    }
    return letter.status !== 'open';
  });
}
