import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { bundle } from '@/local/bundle.mjs';
import { processFacts } from '@/local/process-table';
import { bundledSandbox, texts } from './fixture';
import { event, scriptSpec, textOf } from './fixture-events';
import { createScriptConversion } from './script-conversion';

/** Programs that break sandboxes, against the real one. */
let file: string;
beforeAll(async () => {
  file = await bundledSandbox();
});

const CONTEXT = { streamName: 'test', targets: {} };
const OVERTIME = /^poison: (line \d+, column \d+: )?the script ran longer than 100 ms$/;
const NO_MEMORY = /^poison: (line \d+, column \d+: )?(the script needs more than 32 MiB of memory|the script ran longer than 100 ms)$/;
const IMPOSSIBLE = /^poison: line \d+, column \d+: (ReferenceError|TypeError|SyntaxError): /;

const PROGRAMS: readonly (readonly [name: string, body: string, outcome: RegExp])[] = [
  ['endless loop', 'for (;;);', OVERTIME],
  ['endless loop behind a finally', 'try { for (;;); } finally { for (;;); }', OVERTIME],
  ['endless loop in a getter of the result', 'return { get value() { for (;;); } };', OVERTIME],
  ['memory bomb of texts', 'const kept = []; for (;;) kept.push("x".repeat(100_000) + kept.length);', NO_MEMORY],
  ['memory bomb of one buffer', 'return { value: new Uint8Array(2 ** 30).length };', NO_MEMORY],
  [
    'loop of the engine itself that asks nobody',
    'return { value: new Array(2 ** 31).join("x").length };',
    /^poison: (the script |InternalError|RangeError)/,
  ],
  ['evil regular expression', 'return { value: /^(a+)+$/.test("a".repeat(50) + "b") };', OVERTIME],
  [
    'deep recursion',
    'const down = () => [down()]; return { value: down() };',
    /^poison: line \d+, column \d+: (InternalError: stack overflow|the script)/,
  ],
  ['nesting that aborts the engine', 'JSON.parse("[".repeat(1e5)); return { value: 1 };', /^poison: /],
  ['nesting that aborts the engine in the result', 'let a = []; for (let n = 0; n < 1e5; n++) a = [a]; return { value: a };', /^poison: /],
  ['file system', 'return import("fs");', /^poison: the function returned a promise/],
  ['require', 'return require("fs");', IMPOSSIBLE],
  ['process', 'return { value: process.env };', IMPOSSIBLE],
  ['network', 'return fetch("http://127.0.0.1/");', IMPOSSIBLE],
  ['timers', 'setTimeout(() => 1, 1); return event;', IMPOSSIBLE],
  ['WebAssembly', 'return { value: new WebAssembly.Memory({ initial: 1 }) };', IMPOSSIBLE],
  [
    'constructor of constructors',
    'return { value: event.constructor.constructor("return process")() };',
    /^poison: (line \d+, column \d+: )?ReferenceError/,
  ],
  [
    'forged words of the sandbox',
    'Object.prototype.toJSON = () => ({ length: 1e9, headers: { a: {} }, message: {} }); return { value: 1, headers: { a: "b" } };',
    /^1$/,
  ],
  [
    'forged words of an error',
    'Object.prototype.toJSON = () => 7; throw new Error("x".repeat(1e6));',
    /^poison: line \d+, column \d+: Error: x{400}/,
  ],
  ['headers that change', 'let n = 0; return { value: 1, headers: { get a() { return n++ === 0 ? "text" : {}; } } };', /^1$/],
  ['too much output', 'return { value: "x".repeat(1_048_577) };', /^poison: what the function returned is larger than 1 MiB$/],
  [
    'too many bytes in few characters',
    'return { value: "€".repeat(500_000) };',
    /^poison: what the function returned is larger than 1 MiB$/,
  ],
];

test('a hostile event fails alone, whatever it does; every other is converted', async () => {
  const cases = PROGRAMS.map(([name, body]) => `case ${JSON.stringify(name)}: { ${body} }`);
  const code = `export default function (event) { switch (event.value) {\n${cases.join('\n')}\n} return { value: 'fine' }; }`;
  const events = PROGRAMS.flatMap(([name], index) => [event(2 * index, name), event(2 * index + 1, 'innocent')]);
  const results = await texts(code, events.map(asJson));
  expect(results.filter((_, index) => index % 2 === 1)).toEqual(PROGRAMS.map(() => '"fine"'));
  for (const [index, [name, , outcome]] of PROGRAMS.entries()) expect(`${name}: ${results[2 * index]}`).toMatch(wordsOf(name, outcome));
});

const asJson = (given: ReturnType<typeof event>) => ({ ...given, payload: Buffer.from(JSON.stringify(given.payload.toString())) });
const wordsOf = (name: string, outcome: RegExp) => new RegExp(outcome.source.replace('^', `^${name}: `));

test('a sandbox has no environment, no place of its own and nothing of the script in its arguments', async () => {
  const conversion = createScriptConversion(scriptSpec('export default (event) => event /* canary-4411 */'), CONTEXT);
  const { signal } = new AbortController();
  try {
    await conversion.open(signal);
    const read = (name: string) => readFileSync(`/proc/${conversion.pid}/${name}`, 'utf8');
    expect(read('environ')).toBe('TZ=UTC\0');
    expect(readlinkSync(`/proc/${conversion.pid}/cwd`)).toBe('/');
    expect(read('cmdline')).not.toContain('canary');
  } finally {
    await conversion.close();
  }
});

test('a sandbox that something else kills costs no event', async () => {
  const conversion = createScriptConversion(scriptSpec('export default (event) => event'), CONTEXT);
  const { signal } = new AbortController();
  try {
    await conversion.open(signal);
    const { pid } = conversion;
    process.kill(pid ?? 0, 'SIGKILL');
    expect((await conversion.convert([event(1, 1), event(2, 2)], signal)).map(textOf)).toEqual(['1', '2']);
    expect(conversion.pid).not.toBe(pid);
  } finally {
    await conversion.close();
  }
});

test('a pipeline that is slow to read what comes out does not end the sandbox', async () => {
  const conversion = createScriptConversion(scriptSpec('export default () => ({ value: "x".repeat(200_000) })'), CONTEXT);
  const { signal } = new AbortController();
  try {
    await conversion.open(signal);
    const { pid } = conversion;
    const running = conversion.convert(
      Array.from({ length: 40 }, (_, seq) => event(seq, seq)),
      signal,
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
    // Nothing is read meanwhile; many times what a pipe holds waits.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    expect((await running).map(({ kind }) => kind)).toEqual(Array.from({ length: 40 }, () => 'events'));
    expect(conversion.pid).toBe(pid);
  } finally {
    await conversion.close();
  }
});

/** One letter a thread, as in proc(5): a signal reaches each in its own time. */
const threadStates = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).map((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .charAt(0),
  );

test('a sandbox that stands still is an outage, not the fault of an event', async () => {
  const patience = { silenceMs: 60_000 };
  const conversion = createScriptConversion(scriptSpec('export default (event) => event'), CONTEXT, patience);
  const { signal } = new AbortController();
  try {
    await conversion.open(signal);
    patience.silenceMs = 200;
    const pid = conversion.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    await vi.waitFor(() => expect(new Set(threadStates(pid))).toEqual(new Set(['T'])), { timeout: 30_000, interval: 5 });
    const [result] = await conversion.convert([event(1, 1)], signal);
    expect(result).toMatchObject({ kind: 'failed', error: { errorClass: 'transient' } });
    patience.silenceMs = 60_000;
    expect((await conversion.convert([event(1, 1)], signal)).map(textOf)).toEqual(['1']);
  } finally {
    await conversion.close();
  }
});

test('an abort ends the run, and the next one starts anew', async () => {
  const code = 'export default (event) => { if (event.value === 1) for (;;); return event; }';
  const conversion = createScriptConversion(scriptSpec(code, { timeoutMs: 5_000 }), CONTEXT);
  const abort = new AbortController();
  try {
    await conversion.open(abort.signal);
    const { pid } = conversion;
    const running = conversion.convert([event(1, 1)], abort.signal);
    abort.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(processFacts(pid ?? 0)).toBeUndefined();
    expect((await conversion.convert([event(2, 2)], new AbortController().signal)).map(textOf)).toEqual(['2']);
  } finally {
    await conversion.close();
  }
});

test('kill -9 of the pipeline leaves no sandbox behind, not even one that is in a loop of its engine', async () => {
  const folder = dirname(file);
  await bundle({ 'fixture-host': 'worker/flow/script/fixture-host.ts' }, join(folder, 'host'));
  const host = spawn(process.execPath, [join(folder, 'host', 'fixture-host.mjs'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((resolve, reject) => {
    host.stdout.once('data', (chunk) => resolve(Number(chunk)));
    host.once('exit', () => reject(new Error('the host ended')));
  });
  expect(processFacts(pid)).toBeDefined();
  host.kill('SIGKILL');
  await vi.waitFor(() => expect(processFacts(pid)).toBeUndefined(), { timeout: 60_000, interval: 20 });
});
