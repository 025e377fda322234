import { randomBytes } from 'node:crypto';
import { readSync, writeSync } from 'node:fs';
import { liftExact, lowerExact } from './exact-numbers';
import {
  type EventAnswer,
  type EventRequest,
  encodeFrame,
  type Frame,
  FrameReader,
  LOAD_TIMEOUT_MS,
  type LoadAnswer,
  type LoadRequest,
  MAX_MESSAGES,
  MAX_OUTPUT_BYTES,
  OUTPUT_TOO_LARGE,
  SANDBOX_END,
  type ScriptProblem,
  STRIP_TIMEOUT_MS,
  type StripRequest,
} from './frames';
import { Program, type RunResult } from './program';
import type { Stopwatch } from './stopwatch';
import { stripTypes } from './strip-types';

const STDIN = 0;
const STDOUT = 1;
const CHUNK = 64 * 1024;
const THROWN_CHARS = 2_000;

/**
 * The thread in which a script runs: reads an event, answers, reads the next. Reading blocks, for there is nothing else to do; the other
 * thread watches. Ends with its input.
 */
export async function runCell(stopwatch: Stopwatch): Promise<void> {
  const frames = new FrameReader<StripRequest | LoadRequest | EventRequest>();
  const first = read(frames)?.head as StripRequest | LoadRequest | undefined;
  if (!first) return;
  if ('strip' in first) {
    stopwatch.start(STRIP_TIMEOUT_MS);
    write(await stripTypes(first.strip));
    return;
  }
  const mark = `exact-${randomBytes(12).toString('hex')}:`;
  const program = await load(first, mark, stopwatch);
  stopwatch.stop();
  if (!(program instanceof Program)) {
    write({ loaded: false, problem: program } satisfies LoadAnswer);
    return;
  }
  write({ loaded: true } satisfies LoadAnswer);
  for (let frame = read(frames); frame; frame = read(frames)) {
    const { head, bytes } = frame as Frame<EventRequest>;
    const attempt = () => {
      stopwatch.start(first.timeoutMs);
      const result = run(program, head, bytes, mark);
      stopwatch.stop();
      return result;
    };
    let result = attempt();
    // A new engine is slow until its own code is compiled, which is not the event's fault.
    if (result.kind === 'failed' && result.why === 'overtime') result = attempt();
    answer(result, mark);
    if (result.kind === 'failed' && result.why === 'broken') process.exit(SANDBOX_END.wornOutCode);
  }
}

function load(request: LoadRequest, mark: string, stopwatch: Stopwatch): Promise<Program | ScriptProblem> {
  return Program.load({
    ...request,
    loadTimeoutMs: LOAD_TIMEOUT_MS,
    mark,
    // The engine's own start is not the script's.
    onReady: () => stopwatch.start(LOAD_TIMEOUT_MS),
    isOver: () => stopwatch.isOver(),
    limits: { outputChars: MAX_OUTPUT_BYTES, messages: MAX_MESSAGES, tooLarge: OUTPUT_TOO_LARGE, thrownChars: THROWN_CHARS },
  });
}

function run(program: Program, { keyJson, nowMs, seed, ...about }: EventRequest, bytes: Buffer, mark: string): RunResult {
  const value = liftExact(bytes.toString(), mark);
  // The key is JSON already; in the event it comes behind the id.
  const { id, ...rest } = about;
  const others = JSON.stringify(rest).slice(1);
  return program.run({
    about: `{"id":${JSON.stringify(id)},"key":${keyJson ?? 'null'},${others}`,
    value: value.json,
    places: value.places.length === 0 ? '' : JSON.stringify(value.places),
    nowMs,
    seed,
  });
}

function answer(result: RunResult, mark: string): void {
  if (result.kind === 'events') messages(result, mark);
  else write((result.kind === 'dropped' ? { kind: 'dropped' } : { kind: 'failed', message: result.message }) satisfies EventAnswer);
}

function messages({ heads, values: text }: Extract<RunResult, { kind: 'events' }>, mark: string): void {
  const values: Buffer[] = [];
  let from = 0;
  for (const { length } of heads) {
    values.push(Buffer.from(lowerExact(text.slice(from, from + length), mark)));
    from += length;
  }
  const bytes = Buffer.concat(values);
  const events = heads.map(({ headers, routed }, index) => ({ bytes: (values[index] as Buffer).length, headers, routed }));
  // Counted in characters inside, which are one to three bytes each.
  if (bytes.length <= MAX_OUTPUT_BYTES) write({ kind: 'events', events } satisfies EventAnswer, bytes);
  else write({ kind: 'failed', message: OUTPUT_TOO_LARGE } satisfies EventAnswer);
}

/** The next frame; null at the end of the input. */
function read<Head>(frames: FrameReader<Head>): Frame<Head> | null {
  for (;;) {
    const frame = frames.next();
    if (frame) return frame;
    const chunk = Buffer.allocUnsafe(CHUNK);
    const length = patiently(() => readSync(STDIN, chunk, 0, CHUNK, null));
    if (length === 0) return null;
    frames.push(chunk.subarray(0, length));
  }
}

function write(head: unknown, bytes?: Buffer): void {
  const frame = encodeFrame(head, bytes);
  for (let from = 0; from < frame.length; ) from += patiently(() => writeSync(STDOUT, frame, from));
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Pipes block only as long as nobody in the process has made them otherwise: a host that is slow to read must not end the sandbox. */
function patiently(act: () => number): number {
  for (;;) {
    try {
      return act();
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown;
      Atomics.wait(never, 0, 0, 1);
    }
  }
}
