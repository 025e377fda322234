import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startPostgres } from '@/worker/testing/postgres';
import { compareStreams, show } from './compare';
import { CONFIGURATIONS, type Configuration, READABLE, TRANSACTIONS } from './configurations';
import { DEBEZIUM_VERSION, debeziumClassPath } from './debezium-jars';
import { goldenLines } from './golden';
import { goldenValueLines } from './golden-values';
import { type BothSides, runConfiguration } from './run-configuration';
import { typeOfTable } from './workload/run-workload';
import { TYPE_SHAPES } from './workload/type-shapes';

/**
 * Debezium Engine and Spillway read one workload from one server through slots of their own, live and as a snapshot, once in each
 * configuration; every key, value, header and tombstone is compared. Exit code 1 when a difference is not in allowed-differences.ts.
 * `npm run debezium-diff [-- --major 15] [--only isostring] [--capture]`; --capture writes golden/ anew. Needs Maven and Java 17 or later.
 */
const { values } = parseArgs({
  options: { major: { type: 'string', default: '18' }, only: { type: 'string' }, capture: { type: 'boolean', default: false } },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const major = Number(values.major);
const classPath = debeziumClassPath(say);
const server = await startPostgres({ majorVersion: major });
const figures: string[] = [];
const streams = new Map<string, BothSides>();
let unexplained = 0;
try {
  say(`PostgreSQL ${major}, Debezium ${DEBEZIUM_VERSION}: ${TYPE_SHAPES.length} column types and shapes`);
  for (const configuration of CONFIGURATIONS.filter(({ name }) => !values.only || name === values.only)) {
    const both = await runConfiguration(configuration, await server.createDatabase(configuration.name), classPath);
    const stream = report(`${configuration.name}: stream (snapshot.mode=no_data)`, both.stream);
    const snapshot = report(`${configuration.name}: snapshot (snapshot.mode=initial)`, both.snapshot);
    const sum = (of: 'events' | 'explained' | 'unexplained') => stream[of] + snapshot[of];
    figures.push(`${configuration.name}: ${sum('events')} events, explained ${sum('explained')}, unexplained ${sum('unexplained')}`);
    unexplained += sum('unexplained');
    streams.set(configuration.name, both.stream);
  }
} finally {
  await server.stop();
}
say(`\nPostgreSQL ${major}, Debezium ${DEBEZIUM_VERSION}\n${figures.map((line) => `  ${line}\n`).join('')}`);
if (values.capture) capture();
process.exitCode = unexplained > 0 ? 1 : 0;

function capture(): void {
  const write = (name: string, lines: string) => writeFileSync(new URL(`golden/${name}.jsonl`, import.meta.url), lines);
  const stream = ({ name }: Configuration) => streams.get(name) ?? { made: [], theirs: [] };
  const readable = stream(READABLE);
  write('stream', goldenLines(readable.made, readable.theirs));
  write('values', goldenValueLines(streams));
  const transactions = stream(TRANSACTIONS);
  write(
    'transactions',
    goldenLines(transactions.made, transactions.theirs, (table) => ['rows.identity_default', 'rows.other', 'rows.bulk'].includes(table)),
  );
}

function report(title: string, { made, theirs }: BothSides): { events: number; explained: number; unexplained: number } {
  const ours = made.flatMap(({ events }) => events);
  const comparison = compareStreams(ours, theirs, typeOfTable);
  const shapes = new Set(made.flatMap(({ change: { relation } }) => (relation.schema === 'types' ? [relation.table] : [])));
  say(`\n${title}: ${ours.length} messages of ours, ${theirs.length} of Debezium, ${shapes.size} column types and shapes`);
  for (const { type, table, path, where, ...sides } of comparison.unexplained.slice(0, 200)) {
    say(
      `  DIFFERENT ${type ? `${type} (${table})` : table} ${path}\n    at       ${where}\n    Spillway ${show(sides.ours)}\n    Debezium ${show(sides.theirs)}`,
    );
  }
  const explained = [...comparison.explained].sort(([, left], [, right]) => right - left);
  for (const [{ reason }, count] of explained) say(`  explained ${String(count).padStart(5)}  ${reason}`);
  const sum = explained.reduce((before, [, count]) => before + count, 0);
  const open = comparison.unexplained.length + (theirs.length === 0 ? 1 : 0);
  say(`  explained ${sum}, unexplained ${open}`);
  return { events: ours.length, explained: sum, unexplained: open };
}
