import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { echoErrors } from './log-echo';
import { processFacts, signalGroup, stopGroup } from './process-table';
import { restartDelay } from './restart-policy';

const LARGEST_LOG = 20 * 1024 * 1024;

export interface ServiceOptions {
  name: string;
  command: string[];
  folder: string;
  /** The whole environment of the process: nothing is inherited, so that each one gets only the secrets it needs. */
  env: NodeJS.ProcessEnv;
  logFile: string;
  say: (line: string) => void;
  /** Called at each start, so that a later launcher finds what this one may leave behind. */
  onStart: (name: string, pid: number, startTime: number) => void;
}

/** A process that is kept running: restarted when it dies, until stop(). */
export class Service {
  private child: ChildProcess | undefined;
  private delay: number | undefined;
  private pending: NodeJS.Timeout | undefined;
  private stopping = false;
  private startedAt = 0;
  private readonly stopEcho: () => void;

  constructor(private readonly options: ServiceOptions) {
    mkdirSync(dirname(options.logFile), { recursive: true });
    if (existsSync(options.logFile) && statSync(options.logFile).size > LARGEST_LOG) renameSync(options.logFile, `${options.logFile}.1`);
    this.stopEcho = echoErrors(options.name, options.logFile, options.say);
  }

  get name(): string {
    return this.options.name;
  }

  /** Milliseconds that the process has been up; 0 while it is down. */
  get upFor(): number {
    const isUp = this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
    return isUp ? Date.now() - this.startedAt : 0;
  }

  start(): void {
    const { command, folder, env, logFile, name } = this.options;
    const log = openSync(logFile, 'a');
    const began = Date.now();
    this.startedAt = began;
    // Own process group: Ctrl-C reaches the launcher only, which stops things in order; and children die with it.
    const child = spawn(command[0] ?? '', command.slice(1), { cwd: folder, env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.child = child;
    if (child.pid) this.options.onStart(name, child.pid, processFacts(child.pid)?.startTime ?? 0);
    child.once('error', (error) => this.options.say(`${name}: ${error.message}`));
    child.once('close', (code, signal) => this.ended(child, Date.now() - began, signal ?? `exit code ${code}`));
  }

  /** SIGTERM to the process and its children, SIGKILL after `patience` milliseconds. */
  async stop(patience: number): Promise<void> {
    this.stopping = true;
    clearTimeout(this.pending);
    if (this.child?.pid) {
      const willingly = await stopGroup(this.child.pid, this.options.folder, patience);
      if (!willingly) this.options.say(`${this.name} did not stop within ${patience / 1000} s and was killed`);
    }
    this.stopEcho();
  }

  kill(): void {
    this.stopping = true;
    clearTimeout(this.pending);
    if (this.child?.pid) signalGroup(this.child.pid, this.options.folder, 'SIGKILL');
  }

  private ended(child: ChildProcess, ranFor: number, how: string): void {
    if (this.stopping) return;
    this.delay = restartDelay(this.delay, ranFor);
    this.options.say(`${this.name} ended (${how}); starting it again in ${this.delay / 1000} s. Log: ${this.options.logFile}`);
    this.pending = setTimeout(() => {
      // What the dead process left in its group would otherwise run beside its successor.
      if (child.pid) signalGroup(child.pid, this.options.folder, 'SIGKILL');
      this.start();
    }, this.delay);
  }
}
