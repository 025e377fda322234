import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

const LOOK_EVERY = 500;
const LINES_A_LOOK = 5;

/** Shows the errors of a process's log file on the console while they come in. Call the result to stop. */
export function echoErrors(name: string, file: string, say: (line: string) => void): () => void {
  let offset = existsSync(file) ? sizeOf(file) : 0;
  let rest = '';
  const look = () => {
    if (!existsSync(file)) return;
    const { text, end } = readFrom(file, offset);
    offset = end;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    const errors = lines.flatMap((line) => errorIn(line) ?? []);
    for (const error of errors.slice(0, LINES_A_LOOK)) say(`${name}: ${error}`);
    if (errors.length > LINES_A_LOOK) say(`${name}: ${errors.length - LINES_A_LOOK} more errors in ${file}`);
  };
  const timer = setInterval(look, LOOK_EVERY);
  return () => {
    clearInterval(timer);
    look();
  };
}

/** The message of a log line that reports an error: pino's JSON from level 50 on, or text that starts as an error does. */
export function errorIn(line: string): string | undefined {
  if (line.startsWith('{')) {
    try {
      const entry: { level?: unknown; msg?: unknown; err?: { message?: unknown } } = JSON.parse(line);
      const isError = entry.level === 'error' || entry.level === 'fatal' || (typeof entry.level === 'number' && entry.level >= 50);
      if (!isError) return undefined;
      return [entry.msg, entry.err?.message].filter((part) => typeof part === 'string').join(': ') || line.slice(0, 300);
    } catch {
      return undefined;
    }
  }
  return /^\s*(⨯|Uncaught|[A-Z]\w*Error\b|Error:)/.test(line) ? line.trim().slice(0, 300) : undefined;
}

function sizeOf(file: string): number {
  return readFrom(file, Number.MAX_SAFE_INTEGER).end;
}

function readFrom(file: string, offset: number): { text: string; end: number } {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size <= offset) return { text: '', end: size };
    const buffer = Buffer.alloc(Math.min(size - offset, 1_000_000));
    const length = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return { text: buffer.toString('utf8', 0, length), end: size };
  } finally {
    closeSync(descriptor);
  }
}
