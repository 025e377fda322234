import variant from '@jitl/quickjs-singlefile-mjs-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core';
import { placeWords, type ScriptProblem } from './frames';
import { type MessageHead, type OutputLimits, prelude, type RunInput, type Thrown } from './prelude';

/** What one run gave. `overtime`: it was ended; `broken`: the engine itself failed and must not be used again. */
export type RunResult =
  | { readonly kind: 'events'; readonly heads: readonly MessageHead[]; readonly values: string }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'failed'; readonly message: string; readonly why?: 'overtime' | 'broken' };

export interface ProgramOptions {
  /** Without types. */
  readonly code: string;
  readonly memoryMb: number;
  /** Of one event, and of what stands outside of the function, ms: for the words only. */
  readonly timeoutMs: number;
  readonly loadTimeoutMs: number;
  readonly limits: OutputLimits;
  /** Begins the text of numbers that no double holds; nobody can guess it. */
  readonly mark: string;
  /** Called when the engine is ready, right before the script is read. */
  readonly onReady: () => void;
  /** Asked again and again while code runs: true ends it. */
  readonly isOver: () => boolean;
}

const PAGE = 64 * 1024;
/** The engine's own minimum. */
const FIRST_PAGES = 256;
const FILE = 'script';
/** In the memory of a new engine the only unused stretch this long is its stack: nothing on it outlives a call. */
const STACK_AT_LEAST = 1024 * 1024;

/**
 * A script in an engine of its own, its memory capped. After each run the engine's memory is set back to what it was before: whatever a run
 * changes, globals, prototypes or its own variables, no other run sees.
 */
export class Program {
  private constructor(
    private readonly context: QuickJSContext,
    private readonly run_: QuickJSHandle,
    private readonly memory: WebAssembly.Memory,
    private readonly kept: readonly MemoryPart[],
    private readonly options: ProgramOptions,
  ) {}

  /** Runs what stands outside of the function, once. */
  static async load(options: ProgramOptions): Promise<Program | ScriptProblem> {
    const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: (options.memoryMb * 1024 * 1024) / PAGE });
    const module = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory: memory }));
    const runtime: QuickJSRuntime = module.newRuntime();
    runtime.setInterruptHandler(options.isOver);
    const context = runtime.newContext();
    const stack = stackOf(memory);
    const limits = JSON.stringify(options.limits);
    const ready = context.unwrapResult(context.evalCode(`(${prelude})(${JSON.stringify(options.mark)}, ${limits})`, 'prelude'));
    options.onReady();
    try {
      const evaluated = context.evalCode(options.code, FILE, { type: 'module' });
      if (evaluated.error) return problemOf(context, evaluated.error, { ...options, timeoutMs: options.loadTimeoutMs });
      const handler = context.getProp(evaluated.value, 'default');
      if (context.typeof(handler) !== 'function') return { message: 'it exports no function: write export default function (event) { … }' };
      const run = context.unwrapResult(context.callFunction(ready, context.undefined, handler));
      return new Program(context, run, memory, partsBeside(stack, memory), options);
    } catch {
      return { message: 'what stands outside of the function breaks the engine' };
    }
  }

  run({ about, value, places, nowMs, seed }: RunInput): RunResult {
    const { context } = this;
    try {
      const given = [about, value, places].map((text) => context.newString(text));
      const called = context.callFunction(this.run_, context.undefined, ...given, context.newNumber(nowMs), context.newString(seed));
      if (called.error) {
        const problem = problemOf(context, called.error, this.options);
        const overtime = problem.message === overtimeWords(this.options);
        return { kind: 'failed', message: failureWords(problem), ...(overtime ? { why: 'overtime' } : {}) };
      }
      return this.#read(context.getString(called.value));
    } catch {
      // The host's own stack or the engine's memory gave in, in the middle of the engine's work.
      return { kind: 'failed', message: 'the script broke its engine: what it makes is nested too deeply', why: 'broken' };
    } finally {
      restore(this.memory, this.kept);
    }
  }

  #read(text: string): RunResult {
    if (text === '0') return { kind: 'dropped' };
    if (text.startsWith('!')) {
      const { message, stack } = JSON.parse(text.slice(1)) as Thrown;
      return { kind: 'failed', message: failureWords({ message: words(message, this.options), ...placeIn(stack) }) };
    }
    const end = text.indexOf('\n');
    return { kind: 'events', heads: JSON.parse(text.slice(0, end)) as MessageHead[], values: text.slice(end + 1) };
  }
}

interface MemoryPart {
  readonly from: number;
  readonly bytes: Uint8Array;
}

/** The longest stretch of a new engine's memory that was never written to, and lies before its heap. */
function stackOf(memory: WebAssembly.Memory): readonly [from: number, to: number] {
  const words = new BigUint64Array(memory.buffer);
  let used = 0;
  for (let at = 0; at < words.length; at++) {
    if (words[at] === 0n) continue;
    if ((at - used) * 8 >= STACK_AT_LEAST) return [used * 8, at * 8];
    used = at + 1;
  }
  return [0, 0];
}

/** Memory up to where it was ever written to, without the stack. */
function partsBeside([from, to]: readonly [from: number, to: number], memory: WebAssembly.Memory): MemoryPart[] {
  const words = new BigUint64Array(memory.buffer);
  let end = words.length;
  while (end > 0 && words[end - 1] === 0n) end--;
  const bytes = new Uint8Array(memory.buffer);
  return [
    { from: 0, bytes: bytes.slice(0, from) },
    { from: to, bytes: bytes.slice(to, end * 8) },
  ];
}

function restore(memory: WebAssembly.Memory, parts: readonly MemoryPart[]): void {
  const bytes = new Uint8Array(memory.buffer);
  for (const part of parts) bytes.set(part.bytes, part.from);
}

/** What the engine itself says: code that was ended, no more memory, syntax. */
function problemOf(context: QuickJSContext, error: QuickJSHandle, options: ProgramOptions): ScriptProblem {
  const textOf = (name: string) => {
    const read = context.getProp(error, name);
    return context.typeof(read) === 'string' ? context.getString(read) : '';
  };
  return { message: words(`${textOf('name')}: ${textOf('message')}`, options), ...placeIn(textOf('stack')) };
}

function words(message: string, options: ProgramOptions): string {
  if (message === 'InternalError: interrupted') return overtimeWords(options);
  if (message === 'InternalError: out of memory') return `the script needs more than ${options.memoryMb} MiB of memory`;
  return message.replace(/\s+/g, ' ').slice(0, 500);
}

function overtimeWords({ timeoutMs }: ProgramOptions): string {
  return `the script ran longer than ${timeoutMs} ms`;
}

function placeIn(stack: string): { line?: number; column?: number } {
  const [, line, column] = new RegExp(`\\b${FILE}:(\\d+)(?::(\\d+))?`).exec(stack) ?? [];
  return { ...(line ? { line: Number(line) } : {}), ...(column ? { column: Number(column) } : {}) };
}

function failureWords({ message, line, column }: ScriptProblem): string {
  return `${placeWords(line, column)}${message}`;
}
