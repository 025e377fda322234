/** Places where a test may end the process, or make it sick. */
export const FAILPOINTS = [
  'recv',
  'decoded',
  'transformed',
  'before_send',
  'after_send',
  'after_dlq_insert',
  'before_flush',
  'after_flush',
  'spill_insert',
  'spill_stored',
  'spill_drained',
  'spill_removed',
  'spill_switch',
] as const;
export type FailpointName = (typeof FAILPOINTS)[number];
/** What can happen there: SIGKILL to itself; a loop that never lets the event loop go; memory that grows until somebody ends the process. */
export const FAILPOINT_ACTIONS = ['kill', 'loop', 'hog'] as const;
export type FailpointAction = (typeof FAILPOINT_ACTIONS)[number];
/** Called at each place; does what the plan says. */
export type Failpoint = (name: FailpointName) => void;

export interface PlannedFailpoint {
  readonly action: FailpointAction;
  /** At which passage of the place, from 1. */
  readonly at: number;
}

/** Parses `after_send=kill@3,recv=loop`: the action at the n-th passage, 1 by default. Throws a RangeError on anything else. */
export function parseFailpoints(text: string): Map<FailpointName, PlannedFailpoint> {
  const plan = new Map<FailpointName, PlannedFailpoint>();
  for (const part of text.split(',').filter((item) => item.trim() !== '')) {
    const match = /^([a-z_]+)=([a-z]+)(?:@([1-9]\d*))?$/.exec(part.trim());
    const name = FAILPOINTS.find((known) => known === match?.[1]);
    const action = FAILPOINT_ACTIONS.find((known) => known === match?.[2]);
    if (!match || !name || !action) throw new RangeError(`"${part}" is not a failpoint; expected for example after_send=kill@3`);
    plan.set(name, { action, at: Number(match[3] ?? 1) });
  }
  return plan;
}

/** Does nothing unless NODE_ENV is `test` and FAILPOINTS is set. Each planned action is taken once. */
export function failpointsFrom(
  env: Readonly<Record<string, string | undefined>>,
  actions: Readonly<Record<FailpointAction, () => void>> = ACTIONS,
): Failpoint {
  if (env.NODE_ENV !== 'test' || !env.FAILPOINTS) return () => undefined;
  const plan = parseFailpoints(env.FAILPOINTS);
  const passed = new Map<FailpointName, number>();
  return (name) => {
    const planned = plan.get(name);
    if (!planned) return;
    const count = (passed.get(name) ?? 0) + 1;
    passed.set(name, count);
    if (count === planned.at) actions[planned.action]();
  };
}

const HOG_STEP_BYTES = 16 * 1024 * 1024;

const ACTIONS: Readonly<Record<FailpointAction, () => void>> = {
  // No handler, no flush.
  kill: () => void process.kill(process.pid, 'SIGKILL'),
  loop: () => {
    for (;;);
  },
  hog: () => {
    const kept: Buffer[] = [];
    setInterval(() => kept.push(Buffer.alloc(HOG_STEP_BYTES, 1)), 20);
  },
};
