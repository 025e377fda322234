import { readdirSync, readFileSync } from 'node:fs';
import { cpuMicros } from './harness/process-figures';

/** Kernel's USER_HZ is 100 on every Linux that Node runs on: a tick is 10 ms. */
const TICK_US = 10_000;

/** Processes that this one started and that run now. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim().split(/\s+/).filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** Processor time of a process, of its children, and of children that have ended, microseconds: a Postgres server with its backends. */
export function familyMicros(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + cpuMicros(child), cpuMicros(pid) + endedMicros(pid));
}

function endedMicros(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * TICK_US;
  } catch {
    return 0;
  }
}

/** The process that started this one; 0 when it is gone. */
export function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
