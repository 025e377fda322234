import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Benchmark } from './harness/benchmark';
import { type ContextOptions, RunContext } from './harness/context';
import { judge } from './harness/floors';
import { machine } from './harness/machine';
import { floorLine } from './harness/report';
import { BENCHMARKS } from './registry';

/**
 * `npm run bench [name …] -- [--runs 5] [--scale 1] [--json FILE [--continue]] [--only TABLE] [--contender NAME]`: figures beside those of a peer,
 * from runs that take turns. `--continue` adds rounds to those of FILE, for a machine that is free for minutes only. Exit code 1 when something could not be measured; a floor that is not met is printed, no failure.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    continue: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] },
    contender: { type: 'string', multiple: true, default: [] },
  },
});
const positive = (name: string, text: string): number => {
  if (!(Number(text) > 0)) throw new Error(`--${name}: "${text}" is not a number above 0`);
  return Number(text);
};
const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
const unknown = names.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) throw new Error(`no benchmark named ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}`);

const options = {
  runs: Math.ceil(positive('runs', values.runs)),
  scale: positive('scale', values.scale),
  only: values.only,
  contenders: values.contender,
};
const command = `npm run bench ${process.argv.slice(2).join(' ')}`.trim();
const facts = { command, startedAt: new Date().toISOString(), ...machine() };
for (const [name, value] of Object.entries(facts)) console.log(`${name}: ${value}`);

interface Written {
  readonly name: string;
  readonly tables: ContextOptions['earlier'];
}
const earlier: Written[] =
  values.continue && values.json !== undefined && existsSync(values.json)
    ? (JSON.parse(readFileSync(values.json, 'utf8')) as { benchmarks: Written[] }).benchmarks
    : [];
const written = new Map<string, Written>(earlier.map((one) => [one.name, one]));

/** After each run: whoever is interrupted keeps what was measured. */
function save({ name, title, floors }: Benchmark, { tables, notes }: RunContext): void {
  const runs = Object.fromEntries([...tables].map(([table, samples]) => [table, Object.fromEntries(samples)]));
  const judged = floors.map((floor) => judge(floor, tables));
  written.set(name, { ...{ title, notes, floors: judged }, name, tables: runs });
  if (values.json === undefined) return;
  writeFileSync(values.json, `${JSON.stringify({ ...facts, options, benchmarks: [...written.values()] }, null, 2)}\n`);
}

let context: RunContext | undefined;
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // It may come twice: `timeout` signals the process and then its group. What was started is stopped all the same.
  process.on(signal, () => {
    if (ending) return;
    ending = true;
    void (context?.end() ?? Promise.resolve()).finally(() => process.exit(130));
  });
}
for (const name of names) {
  const { benchmark } = await (BENCHMARKS[name] as (typeof BENCHMARKS)[string])();
  console.log(`\n── ${benchmark.name}: ${benchmark.title}`);
  const own: RunContext = new RunContext({
    ...options,
    print: console.log,
    onSample: () => save(benchmark, own),
    earlier: written.get(name)?.tables,
  });
  context = own;
  try {
    await benchmark.run(own);
  } finally {
    await own.end();
  }
  for (const floor of benchmark.floors) console.log(floorLine(judge(floor, own.tables)));
  if (own.failures > 0) process.exitCode = 1;
  save(benchmark, own);
}
