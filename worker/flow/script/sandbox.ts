import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable, Writable } from 'node:stream';
import {
  type EventAnswer,
  type EventRequest,
  encodeFrame,
  type Frame,
  FrameReader,
  type LoadAnswer,
  type LoadRequest,
  SANDBOX_END,
  type ScriptProblem,
  type StripAnswer,
  type StripRequest,
} from './frames';
import { sandboxFile } from './sandbox-file';

/** How a sandbox ended. `overtime`: the run held the processor beyond its limit; `silent`: it was ended because it did not answer. */
export type SandboxEnd = 'overtime' | 'worn-out' | 'silent' | 'crash';
export interface SandboxEvent {
  readonly head: EventRequest;
  readonly value: Buffer;
}
export interface SandboxOptions {
  /** Without an answer for so long a sandbox is ended, whatever it does: processor time alone would let one that stands still stand. */
  readonly silenceMs: number;
}

/** Of the sandbox's own code; what a script holds is the engine's, which has its own cap. */
const HEAP_MB = 64;

/** A process in which one script runs. It has no environment, no files to find and no network; it ends with this process. */
export class Sandbox {
  #end: SandboxEnd | null = null;
  #silent = false;
  #wake: () => void = () => undefined;
  readonly #frames = new FrameReader<unknown>();
  readonly #closed: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: SandboxOptions,
  ) {
    const { stdin, stdout, stdio } = child;
    for (const stream of [stdin, stdio[3]] as Duplex[]) stream?.on('error', () => undefined);
    (stdout as Readable | null)?.on('data', (chunk: Buffer) => {
      this.#frames.push(chunk);
      this.#wake();
    });
    this.#closed = new Promise((resolve) => {
      const ended = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#end ??= this.#silent ? 'silent' : endOf(code, signal);
        this.#wake();
        resolve();
      };
      child.on('close', ended);
      child.on('error', () => child.pid === undefined && ended(null, null));
    });
  }

  /** Starts one and loads the script. */
  static async start(
    request: LoadRequest,
    options: SandboxOptions,
    signal: AbortSignal,
  ): Promise<{ readonly sandbox: Sandbox } | { readonly problem: ScriptProblem } | { readonly end: SandboxEnd }> {
    const sandbox = Sandbox.#spawn(options, signal);
    const answer = await sandbox.#ask<LoadAnswer>(request, signal);
    if (typeof answer === 'string') return { end: answer };
    if (answer.head.loaded) return { sandbox };
    await sandbox.close();
    return { problem: answer.head.problem };
  }

  /** Takes the types out of a script, in a process of its own. */
  static async strip(code: string, options: SandboxOptions, signal: AbortSignal): Promise<StripAnswer | { readonly end: SandboxEnd }> {
    const sandbox = Sandbox.#spawn(options, signal);
    const answer = await sandbox.#ask<StripAnswer>({ strip: code } satisfies StripRequest, signal);
    await sandbox.close();
    return typeof answer === 'string' ? { end: answer } : answer.head;
  }

  static #spawn(options: SandboxOptions, signal: AbortSignal): Sandbox {
    signal.throwIfAborted();
    const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, '--max-semi-space-size=2', sandboxFile()], {
      cwd: '/',
      env: { TZ: 'UTC' } as unknown as NodeJS.ProcessEnv,
      // The last one is never written to: it breaks when this process is gone.
      stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
    });
    return new Sandbox(child, options);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /**
   * Runs the script on events, one after the other. Gives null when all were answered; else how the sandbox ended: it was at the first event
   * without an answer. Rejects on abort, and is no good then.
   */
  async run(
    events: readonly SandboxEvent[],
    onAnswer: (answer: Frame<EventAnswer>) => void,
    signal: AbortSignal,
  ): Promise<SandboxEnd | null> {
    this.#send(events.map(({ head, value }) => encodeFrame(head, value)));
    return this.#watched(signal, async () => {
      for (let answered = 0; answered < events.length; answered++) {
        const answer = await this.#answer<EventAnswer>(signal);
        if (typeof answer === 'string') return answer;
        onAnswer(answer);
      }
      return null;
    });
  }

  /** Ends the process; it has nothing to lose. */
  async close(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#closed;
  }

  /** Of a sandbox that was just started; one that gives no answer is ended. */
  async #ask<Head>(request: unknown, signal: AbortSignal): Promise<Frame<Head> | SandboxEnd> {
    this.#send([encodeFrame(request)]);
    try {
      return await this.#watched(signal, () => this.#answer<Head>(signal));
    } catch (aborted) {
      await this.close();
      throw aborted;
    }
  }

  #send(frames: readonly Buffer[]): void {
    const stdin = this.child.stdin as Writable | null;
    stdin?.cork();
    for (const frame of frames) stdin?.write(frame);
    stdin?.uncork();
  }

  /** Has it ended when it says nothing for too long, and woken by an abort, while `work` waits for answers. */
  async #watched<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const wake = () => this.#wake();
    const heard = () => clock.refresh();
    const clock = setTimeout(() => {
      this.#silent = true;
      this.child.kill('SIGKILL');
    }, this.options.silenceMs);
    this.child.stdout?.on('data', heard);
    signal.addEventListener('abort', wake);
    try {
      return await work();
    } finally {
      clearTimeout(clock);
      this.child.stdout?.off('data', heard);
      signal.removeEventListener('abort', wake);
    }
  }

  async #answer<Head>(signal: AbortSignal): Promise<Frame<Head> | SandboxEnd> {
    for (;;) {
      signal.throwIfAborted();
      const frame = this.#nextFrame();
      if (frame) return frame as Frame<Head>;
      if (this.#end) return this.#end;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** What is no frame is the end of a sandbox that says such things. */
  #nextFrame(): Frame<unknown> | null {
    try {
      return this.#frames.next();
    } catch {
      this.#end = 'crash';
      this.child.kill('SIGKILL');
      return null;
    }
  }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): SandboxEnd {
  if (signal === SANDBOX_END.overtimeSignal) return 'overtime';
  return code === SANDBOX_END.wornOutCode ? 'worn-out' : 'crash';
}
