import { beforeAll, expect, test } from 'vitest';
import { bundledSandbox, converted, texts } from './fixture';
import { COMMIT_US, event, scriptSpec, textOf } from './fixture-events';
import { createScriptConversion } from './script-conversion';

beforeAll(async () => {
  await bundledSandbox();
});

const CONTEXT = { streamName: 'test', targets: {} };

test('a script sees the event parsed, and what it returns becomes messages', async () => {
  const code = `
    interface Event { value: { n: number } }
    export default function (event: Event & Record<string, unknown>) {
      switch (event.value.n) {
        case 0: return { value: event };
        case 1: return null;
        case 2: return [];
        case 3: return [{ value: 'one' }, { value: { two: [2] }, headers: { lang: 'de' }, routed: 'elsewhere' }];
        default: return event;
      }
    }`;
  const results = await converted(
    code,
    [0, 1, 2, 3, 4].map((n) => event(n, { n })),
    { language: 'typescript' },
  );
  const { id, key, payload, ...seen } = JSON.parse(textOf(results[0] as (typeof results)[0]));
  expect({ id, key, payload, ...seen }).toEqual({
    id: event(0, {}).id,
    key: { id: 0 },
    op: 'u',
    schema: 'public',
    table: 'orders',
    commitTime: '2026-03-01T10:20:00.123456Z',
    headers: { source: 'shop' },
    value: { n: 0 },
  });
  expect(results.slice(1, 3)).toEqual([
    { kind: 'dropped', reason: 'the script left it out' },
    { kind: 'dropped', reason: 'the script left it out' },
  ]);
  expect(results[3]).toEqual({
    kind: 'events',
    events: [{ payload: Buffer.from('"one"') }, { payload: Buffer.from('{"two":[2]}'), headers: { lang: 'de' }, routed: 'elsewhere' }],
  });
  expect(results[4]).toEqual({ kind: 'events', events: [{ payload: Buffer.from('{"n":4}'), headers: { source: 'shop' } }] });
});

/** Body of the function → what is said of an event; the nth stands on line n + 3. */
const FAILING: readonly (readonly [body: string, words: string])[] = [
  ['throw new Error("no stock")', 'line 3, column 26: Error: no stock'],
  ['return event.value.missing.field', "line 4, column 37: TypeError: cannot read property 'field' of undefined"],
  ['throw "text"', 'threw text'],
  ['throw { get message() { throw 1 } }', 'threw something that cannot be read'],
  ['return 7', 'return an event {value, headers}, a list of them, or null to leave it out'],
  ['return undefined', 'return an event {value, headers}, a list of them, or null to leave it out'],
  ['return {}', 'what the function returned has no value: return an event {value, headers}, a list of them, or null to leave it out'],
  ['return { value: null }', 'value is null: return null in place of the event to leave it out'],
  ['return { value: () => 1 }', 'value cannot be written as JSON'],
  ['return { value: 1, headers: { a: 1 } }', 'header "a" is no text'],
  ['return { value: 1, headers: ["a"] }', 'headers are an object of texts'],
  ['return { value: 1, routed: "" }', 'routed is a text of 1 to 249 characters'],
  ['event.key.id = 2; return event', 'the key was changed: events are kept in order by it, so a script leaves it as it is'],
  ['return Promise.resolve(event)', 'the function returned a promise: there is nothing to wait for here, return the result'],
  ['return Array(101).fill(event)', 'the function returned 101 events, at most 100 are allowed'],
  ['const a = {}; a.a = a; return { value: a }', 'TypeError: circular reference'],
];

test('what goes wrong is said in plain words, with the line where there is one', async () => {
  const cases = FAILING.map(([body], n) => `case ${n}: { ${body} }`);
  const code = `export default function (event) {\nswitch (event.value.n) {\n${cases.join('\n')}\n}}`;
  const events = FAILING.map((_, n) => event(n, { n }));
  expect(await texts(code, events)).toEqual(FAILING.map(([, words]) => `poison: ${words}`));
});

test.each([
  ['export default function (event: { }', 'line 1, column 36: '],
  ['const a = 1;\nenum Color { Red }\nexport default () => a;', 'line 2, column 1: TypeScript enum is not supported in strip-only mode'],
  ['const a: = 3;', 'line 1, column 10: Unexpected token `=`'],
  ["import fs from 'fs';\nexport default () => fs;", "ReferenceError: could not load module 'fs'"],
  ['let a: number;\nnull.a;\nexport default () => a;', "line 2, column 5: TypeError: cannot read property 'a' of null"],
  [`export default ${'('.repeat(30_000)}`, 'it is nested too deeply to be read'],
])('a script that cannot be run is refused with the place: %#', async (code, words) => {
  await expect(texts(code, [], { language: 'typescript' })).rejects.toMatchObject({
    kind: 'sink_misconfigured',
    message: expect.stringContaining(`the script cannot be run: ${words}`),
  });
});

test('numbers that no double holds keep their digits, untouched, handed on and computed with', async () => {
  const value =
    '{"id":9223372036854775807,"price":0.12345678901234567890,"list":[-9007199254740993,1.5],"__proto__":{"n":18446744073709551615}}';
  const code = `export default (event) => [
    event,
    { value: [typeof event.value.id, event.value.id + 1n, String(event.value.price), event.value.price * 2, event.value.list[1]] },
  ]`;
  expect(await texts(code, [event(1, value, { key: '{"id":9223372036854775807}' })])).toEqual([
    `${value} ["bigint",9223372036854775808,"0.12345678901234567890",0.24691357802469135,1.5]`,
  ]);
});

test('what a script writes as text for itself has all digits, too', async () => {
  const code = 'export default (event) => ({ value: [JSON.stringify(event.value), JSON.stringify({ n: 1, u: undefined }, null, 1)] })';
  const value = '{"id":9223372036854775807,"price":0.12345678901234567890}';
  expect(await texts(code, [event(1, value)])).toEqual([JSON.stringify([value, '{\n "n": 1\n}'])]);
});

test('an event that is sent again is made the same: its clock is the commit, its random numbers come from its id', async () => {
  const code =
    'export default () => ({ value: [Date.now(), new Date().toISOString(), Date(), new Date(5).getTime(), Math.random(), Math.random()] })';
  const events = [event(1, {}), event(2, {}), event(3, {}, { commitTimeUs: null })];
  const [first, again, real] = await Promise.all([
    texts(code, events),
    texts(code, events, { memoryMb: 16 }),
    texts(code, events, { deterministic: false }),
  ]);
  expect(again).toEqual(first);
  const [one, two, read, other] = [first[0], first[1], first[2], real[0]].map((text) => JSON.parse(text ?? ''));
  expect(one.slice(0, 4)).toEqual([Number(COMMIT_US / 1000n), '2026-03-01T10:20:00.123Z', 'Sun Mar 01 2026 10:20:00 GMT+0000', 5]);
  expect(read.slice(0, 2)).toEqual([0, '1970-01-01T00:00:00.000Z']);
  expect(new Set([one[4], one[5], two[4], two[5], other[4]]).size).toBe(5);
  expect(Math.abs(other[0] - Date.now())).toBeLessThan(600_000);
});

test('a script is called with nothing that an event before it left', async () => {
  const code = `
    let count = 0;
    const seen = new Map();
    const zeros = new Uint8Array(3_000_000);
    export default function handler(event) {
      count++;
      seen.set(event.id, 1);
      zeros[2_000_000]++;
      handler.calls = (handler.calls ?? 0) + 1;
      const polluted = ({}).leaked ?? [].leaked ?? globalThis.leaked ?? JSON.leaked ?? 'clean';
      for (const holder of [Object.prototype, Array.prototype, globalThis, JSON]) holder.leaked = 'leaked by ' + event.id;
      JSON.parse = () => ({ value: 'taken over' });
      Array.prototype[Symbol.iterator] = () => { throw 1 };
      return { value: [count, seen.size, zeros[2_000_000], handler.calls, polluted] };
    }`;
  const first = '[1,1,1,1,"clean"]';
  expect(await texts(code, [event(1, {}), event(2, {}), event(3, {})])).toEqual([first, first, first]);
});

test('what a script does to its engine no other stream sees', async () => {
  const spoil = createScriptConversion(scriptSpec('Object.prototype.leaked = 1; export default (event) => event'), CONTEXT);
  const other = createScriptConversion(scriptSpec('export default () => ({ value: [({}).leaked === undefined] })'), CONTEXT);
  const { signal } = new AbortController();
  try {
    await Promise.all([spoil.open(signal), other.open(signal)]);
    await spoil.convert([event(1, {})], signal);
    expect((await other.convert([event(2, {})], signal)).map(textOf)).toEqual(['[true]']);
    expect(spoil.pid).not.toBe(other.pid);
  } finally {
    await Promise.all([spoil.close(), other.close()]);
  }
});
