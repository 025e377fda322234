import { readdirSync, readFileSync } from 'node:fs';

/** Kernel's USER_HZ is 100 on every Linux that Node runs on: a tick is 10 ms. */
const TICK_US = 10_000;

/** User and system time of a process with all its threads, microseconds, from /proc/<pid>/stat; 0 once it is gone. */
export function cpuMicros(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  } catch {
    return 0;
  }
}

/** Proportional set size, bytes: pages that processes share are divided among them. 0 once it is gone. */
export function pssBytes(pid: number): number {
  return kilobytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m);
}

/** Highest resident memory so far, bytes. */
export function peakResidentBytes(pid: number): number {
  return kilobytes(`/proc/${pid}/status`, /^VmHWM:\s+(\d+) kB/m);
}

function kilobytes(file: string, line: RegExp): number {
  try {
    return Number(line.exec(readFileSync(file, 'latin1'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** A process and all that it started, by /proc/<pid>/task/<tid>/children. */
export function withDescendants(pid: number): number[] {
  const own: number[] = [];
  try {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      own.push(...readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim().split(/\s+/).filter(Boolean).map(Number));
    }
  } catch {
    return [pid];
  }
  return [pid, ...own.flatMap(withDescendants)];
}
