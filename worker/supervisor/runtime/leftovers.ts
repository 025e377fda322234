import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@/worker/telemetry/log';

/** In the environment of every pipeline: which process started it, as `pid:start`. */
export const PARENT_MARK = 'SPILLWAY_PARENT';
/** A pipeline whose worker is gone stops by itself within 15 s, unless its event loop is blocked. */
const GRACE_MS = 20_000;

interface Leftover {
  readonly pid: number;
  /** Ticks from boot to its start: with the pid it names one process, though pids are used again. */
  readonly start: string;
}

/** This process, for its children's mark. */
export function parentMark(): string {
  return `${process.pid}:${startOf(process.pid) ?? ''}`;
}

/**
 * Ends pipelines that a worker left behind which was killed: one in an endless loop sees neither the closed channel nor a signal, and
 * would burn a core for ever. They are fenced at the source, so nothing depends on how soon. Linux only; never rejects.
 */
export async function endLeftovers(log: Log, graceMs = GRACE_MS, candidates = processIds()): Promise<readonly number[]> {
  const found = leftovers(candidates);
  if (found.length === 0) return [];
  await sleep(graceMs, undefined, { ref: false });
  const still = found.filter(({ pid, start }) => startOf(pid) === start);
  for (const { pid } of still) {
    try {
      process.kill(pid, 'SIGKILL');
      log.warn({ pid }, 'a pipeline of a worker that is gone was still running and is ended');
    } catch {
      // It ended by itself just now.
    }
  }
  return still.map(({ pid }) => pid);
}

function leftovers(candidates: readonly number[]): Leftover[] {
  return candidates.flatMap((pid) => {
    const mark = markOf(pid);
    const start = startOf(pid);
    if (mark === null || start === null) return [];
    const [parent = '', parentStart] = mark.split(':');
    return startOf(Number(parent)) === parentStart ? [] : [{ pid, start }];
  });
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** Null for processes of other users, which cannot be ours, and for those without a mark. */
function markOf(pid: number): string | null {
  try {
    const entry = readFileSync(`/proc/${pid}/environ`, 'latin1')
      .split('\0')
      .find((one) => one.startsWith(`${PARENT_MARK}=`));
    return entry?.slice(PARENT_MARK.length + 1) ?? null;
  } catch {
    return null;
  }
}

/** Field 22 of /proc/<pid>/stat; null when there is no such process. The second field is a name that may hold blanks and brackets. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : (rest[18] ?? null);
  } catch {
    return null;
  }
}
