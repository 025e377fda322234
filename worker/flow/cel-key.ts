import { CelTrouble, compileCelKey } from '@/core/spec/filter-cel';
import type { Change } from '@/worker/source/source';
import { celEvents, celTroubleWords } from './filter/cel-event';
import type { OutboundEvent } from './flow';

/**
 * What an expression makes of the row that an event is about: the old row of a delete and its tombstone, also of a changed key, the new one
 * of any other. No value of the other row stands in for one that was not sent. Throws CelTrouble when it does not compile; the returned
 * function throws, in words for people, when the expression gives no key.
 */
export function celKey(text: string): (event: OutboundEvent, change: Change) => string {
  const keyOf = compileCelKey(text);
  const eventOf = celEvents();
  return ({ op, payload }, change) => {
    const { before, after, source } = eventOf(change);
    const old = before !== null && (op === 'd' || payload === null);
    try {
      return keyOf(old ? { op: 'd', before, after: null, source } : { op, before: op === 'c' ? null : before, after, source });
    } catch (thrown) {
      if (thrown instanceof CelTrouble) throw new Error(`sink.key.expression failed: ${celTroubleWords(thrown, change)}`);
      throw thrown;
    }
  };
}
