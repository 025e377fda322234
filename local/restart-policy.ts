const FIRST_DELAY = 250;
const LONGEST_DELAY = 15_000;
const STEADY_AFTER = 10_000;

/**
 * How long to wait before a process that died is started again (milliseconds). One that ran steadily comes back at once;
 * one that keeps dying is tried ever more rarely, so that it neither floods its log nor takes the machine.
 */
export function restartDelay(previousDelay: number | undefined, ranFor: number): number {
  if (previousDelay === undefined || ranFor >= STEADY_AFTER) return FIRST_DELAY;
  return Math.min(previousDelay * 2, LONGEST_DELAY);
}
