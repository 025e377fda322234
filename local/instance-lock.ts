import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStillThere, processFacts, stopGroup } from './process-table';

interface Held {
  pid: number;
  startTime: number;
  address?: string;
}

interface Started {
  name: string;
  pid: number;
  startTime: number;
}

/** Thrown when another launcher works in the same state folder. */
export class AlreadyRunning extends Error {}

/**
 * One launcher at a time in a state folder, and a note of what it started: a launcher that was killed can not stop its
 * processes, so the next one does.
 */
export class InstanceLock {
  private readonly lockFile: string;
  private readonly startedFile: string;
  private readonly started = new Map<string, Started>();

  constructor(folder: string) {
    this.lockFile = join(folder, 'launcher.json');
    this.startedFile = join(folder, 'processes.json');
  }

  /** Throws AlreadyRunning with the address of the one that holds the lock. */
  take(): void {
    const mine: Held = { pid: process.pid, startTime: processFacts(process.pid)?.startTime ?? 0 };
    for (let attempt = 1; attempt <= 3; attempt++) {
      try {
        writeFileSync(this.lockFile, JSON.stringify(mine), { flag: 'wx' });
        return;
      } catch (error) {
        if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
        const held = this.read<Held>(this.lockFile);
        if (held && isStillThere(held)) throw new AlreadyRunning(alreadyRunning(held));
        rmSync(this.lockFile, { force: true });
      }
    }
    throw new Error(`can not take ${this.lockFile}`);
  }

  /** Lets a second start say where the first one is. */
  announce(address: string): void {
    const held = this.read<Held>(this.lockFile);
    if (held) replace(this.lockFile, { ...held, address });
  }

  release(): void {
    rmSync(this.startedFile, { force: true });
    rmSync(this.lockFile, { force: true });
  }

  note(name: string, pid: number, startTime: number): void {
    this.started.set(name, { name, pid, startTime });
    replace(this.startedFile, [...this.started.values()]);
  }

  /** Stops what an earlier, killed launcher left running: processes and whatever is left of their groups. Returns names. */
  async stopLeftovers(folder: string): Promise<string[]> {
    const before = this.read<Started[]>(this.startedFile) ?? [];
    const stopped: string[] = [];
    for (const { name, pid, startTime } of before) {
      const leader = processFacts(pid);
      if (leader && leader.startTime !== startTime) continue; // the number belongs to somebody else by now
      if (!(await stopGroup(pid, folder, 5_000)) || leader) stopped.push(name);
    }
    rmSync(this.startedFile, { force: true });
    return stopped;
  }

  private read<T>(file: string): T | undefined {
    try {
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
    } catch {
      return undefined; // written by halves when its writer was killed
    }
  }
}

function replace(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
}

const alreadyRunning = ({ pid, address }: Held) =>
  `Spillway runs already from this folder${address ? ` at ${address}` : ''} (process ${pid}). Stop that one first, or set SPILLWAY_STATE_DIR to start another beside it.`;
