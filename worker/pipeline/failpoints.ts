/** Places where a test may end the process. */
export const FAILPOINTS = [
  'recv',
  'decoded',
  'transformed',
  'before_send',
  'after_send',
  'after_dlq_insert',
  'before_flush',
  'after_flush',
] as const;
export type FailpointName = (typeof FAILPOINTS)[number];
/** Called at each place; ends the process when the plan says so. */
export type Failpoint = (name: FailpointName) => void;

/** Parses `after_send=kill@3,recv=kill`: kill at the n-th passage, 1 by default. Throws a RangeError on anything else. */
export function parseFailpoints(text: string): Map<FailpointName, number> {
  const plan = new Map<FailpointName, number>();
  for (const part of text.split(',').filter((item) => item.trim() !== '')) {
    const match = /^([a-z_]+)=kill(?:@([1-9]\d*))?$/.exec(part.trim());
    const name = FAILPOINTS.find((known) => known === match?.[1]);
    if (!match || !name) throw new RangeError(`"${part}" is not a failpoint; expected for example after_send=kill@3`);
    plan.set(name, Number(match[2] ?? 1));
  }
  return plan;
}

/** Does nothing unless NODE_ENV is `test` and FAILPOINTS is set. `kill` is SIGKILL to this process: no handler, no flush. */
export function failpointsFrom(env: Readonly<Record<string, string | undefined>>, kill: () => void): Failpoint {
  if (env.NODE_ENV !== 'test' || !env.FAILPOINTS) return () => undefined;
  const plan = parseFailpoints(env.FAILPOINTS);
  return (name) => {
    const left = plan.get(name);
    if (left === undefined) return;
    plan.set(name, left - 1);
    if (left === 1) kill();
  };
}
