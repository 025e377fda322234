/**
 * What host and sandbox say to each other: frames of a length (4 bytes, little endian) and a body; the body is a line of JSON and, behind its
 * newline, bytes.
 */
export interface Frame<Head> {
  readonly head: Head;
  readonly bytes: Buffer;
}

/** The first frame to a sandbox: to take the types out of a script and end, for what that needs would stay in memory ... */
export interface StripRequest {
  readonly strip: string;
}
/** ... or to run one. */
export interface LoadRequest {
  /** JavaScript. */
  readonly code: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

/** Every later one; the bytes are the event's value. */
export interface EventRequest {
  readonly id: string;
  readonly op: string;
  readonly schema: string;
  readonly table: string;
  /** ISO 8601. */
  readonly commitTime: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly keyJson: string | null;
  readonly nowMs: number;
  readonly seed: string;
}

/** One frame back for each. */
export type StripAnswer = { readonly code: string } | { readonly problem: ScriptProblem };
export type LoadAnswer = { readonly loaded: true } | { readonly loaded: false; readonly problem: ScriptProblem };

export interface ScriptProblem {
  readonly message: string;
  /** As an editor counts, from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** `line 3, column 5: `, or nothing. */
export function placeWords(line: number | undefined, column: number | undefined): string {
  if (line === undefined) return '';
  return column === undefined ? `line ${line}: ` : `line ${line}, column ${column}: `;
}

/** The bytes are the messages' values, one behind the other. */
export type EventAnswer =
  | { readonly kind: 'events'; readonly events: readonly AnsweredEvent[] }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'failed'; readonly message: string };

export interface AnsweredEvent {
  /** Of its value. */
  readonly bytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly routed?: string;
}

/** How a sandbox ends by itself; any other end is a crash. */
export const SANDBOX_END = {
  /** One event held the processor too long, and the engine did not notice. */
  overtimeSignal: 'SIGALRM',
  /** It answered, and its engine is worn out: a new one takes over. */
  wornOutCode: 64,
} as const;

export const MAX_OUTPUT_BYTES = 1024 * 1024;
export const OUTPUT_TOO_LARGE = 'what the function returned is larger than 1 MiB';
export const MAX_MESSAGES = 100;
/** Processor time for what stands outside of the function. */
export const LOAD_TIMEOUT_MS = 1_000;
/** Processor time for taking types out, the start of what does it included. */
export const STRIP_TIMEOUT_MS = 5_000;
/** File descriptors of the sandbox beside stdin and stdout: ends when its host does. */
export const LIFELINE_FD = 3;

/** What is longer is not ours. */
const LONGEST_BODY = 64 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

export function encodeFrame(head: unknown, bytes: Buffer = NOTHING): Buffer {
  const line = Buffer.from(`${JSON.stringify(head)}\n`);
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(line.length + bytes.length);
  return Buffer.concat([length, line, bytes]);
}

/** Cuts a stream of bytes into frames. */
export class FrameReader<Head> {
  #chunks: Buffer[] = [];
  #held = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
  }

  /** The next whole frame; null until more has come. Throws when the length is no length. */
  next(): Frame<Head> | null {
    if (this.#held < 4) return null;
    let all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : null;
    if (all === null && (this.#chunks[0] as Buffer).length < 4) all = this.#join();
    const length = (all ?? (this.#chunks[0] as Buffer)).readUInt32LE(0);
    if (length > LONGEST_BODY) throw new Error(`a frame of ${length} bytes cannot be`);
    if (this.#held < 4 + length) return null;
    all ??= this.#join();
    const rest = all.subarray(4 + length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
    const body = all.subarray(4, 4 + length);
    const end = body.indexOf(10);
    return { head: JSON.parse(body.toString('utf8', 0, end)) as Head, bytes: body.subarray(end + 1) };
  }

  #join(): Buffer {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
