import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process as the kernel knows it. The start time (clock ticks since boot) tells a process from a later one with its number. */
export interface ProcessFacts {
  pid: number;
  group: number;
  startTime: number;
}

/** Undefined when there is no such process, or only its zombie. */
export function processFacts(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses, which may hold anything; fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, group: Number(fields[2]), startTime: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

/** Whether the very process that was seen before is still there. */
export function isStillThere(seen: { pid: number; startTime: number }): boolean {
  return processFacts(seen.pid)?.startTime === seen.startTime;
}

/** Members of a process group that work in this folder. A group outlives its leader: pipelines of a killed worker are found here. */
export function groupMembers(group: number, folder: string): ProcessFacts[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processFacts(Number(name)) ?? [])
    .filter((facts) => facts.group === group && workingFolder(facts.pid) === folder);
}

/** SIGTERM to a whole group, SIGKILL to what is left of it after `patience` milliseconds. True when it went by itself. */
export async function stopGroup(group: number, folder: string, patience: number): Promise<boolean> {
  signalGroup(group, folder, 'SIGTERM');
  if (await isEmpty(group, folder, patience)) return true;
  signalGroup(group, folder, 'SIGKILL');
  await isEmpty(group, folder, 2_000);
  return false;
}

/** To each member by its own number: a group's number may belong to somebody else once the group is empty. */
export function signalGroup(group: number, folder: string, signal: NodeJS.Signals): void {
  for (const { pid } of groupMembers(group, folder)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'ESRCH') throw error;
    }
  }
}

async function isEmpty(group: number, folder: string, patience: number): Promise<boolean> {
  for (const until = Date.now() + patience; Date.now() < until; await wait(50)) {
    if (groupMembers(group, folder).length === 0) return true;
  }
  return false;
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
