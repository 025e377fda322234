import { CelTrouble, compileCel } from '@/core/spec/filter-cel';
import { celEvents, celTroubleWords } from './cel-event';
import type { Condition } from './filter';

/** The CEL condition of a filter. Throws CelTrouble when it does not compile. */
export function celCondition(text: string): Condition {
  const passes = compileCel(text);
  const eventOf = celEvents();
  const reason = `cel is false: ${text}`;
  return (change) => {
    const event = eventOf(change);
    try {
      return passes(event) ? null : reason;
    } catch (thrown) {
      if (thrown instanceof CelTrouble) throw new Error(`filter.cel failed: ${celTroubleWords(thrown, change)}`);
      throw thrown;
    }
  };
}
