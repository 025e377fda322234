import { readdirSync, readFileSync } from 'node:fs';

/** A pipeline that is a child of a worker, by what the kernel knows. */
export interface PipelineProcess {
  readonly pid: number;
  readonly stream: string;
  /** Resident memory, bytes. */
  readonly rss: number;
}

/** Running pipelines of this worker whose stream is known already. Nobody else's, whatever they are called. */
export function pipelinesOf(workerPid: number): PipelineProcess[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const status = readFileSync(`/proc/${entry}/status`, 'utf8');
      if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) !== workerPid) return [];
      const title = commandOf(Number(entry));
      if (!title.startsWith('spillway ')) return [];
      return [
        { pid: Number(entry), stream: title.slice('spillway '.length), rss: 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) },
      ];
    } catch {
      return []; // It ended meanwhile.
    }
  });
}

/** Signals a process; one that ended meanwhile is no error. */
export function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone.
  }
}

/** Arguments as others on the machine see them. */
function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0+/g, ' ').trim();
}

/** Arguments and environment; empty once it ended. */
export function visibleOf(pid: number): string {
  try {
    return commandOf(pid) + readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
