import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { connectionOf } from '@/worker/source/postgres/fixture';
import { startPostgres } from '@/worker/testing/postgres';
import { type Comparison, compareStreams, show } from './compare';
import { type DebeziumRun, startDebezium } from './debezium-engine';
import { DEBEZIUM_VERSION, debeziumClassPath } from './debezium-jars';
import { goldenLines } from './golden';
import type { PeerEvent } from './peer-event';
import { LOGICAL_NAME, type MadeEvents, publishedTables, readTables, streamUntil } from './spillway-side';
import { prepareWorkload, runWorkload, SCHEMAS, typeOfTable, typeTable } from './workload/run-workload';
import { TYPE_SHAPES } from './workload/type-shapes';

/**
 * Debezium Engine and Spillway read one workload from one server through slots of their own, live and as a snapshot; every key,
 * value, header and tombstone is compared. Exit code 1 when a difference is not in allowed-differences.ts.
 * `npm run debezium-diff [-- --major 15] [--capture]`; --capture writes golden/ anew. Needs Maven and Java 17 or later.
 */
const { values } = parseArgs({ options: { major: { type: 'string', default: '18' }, capture: { type: 'boolean', default: false } } });
const say = (line: string) => process.stdout.write(`${line}\n`);
const NAME = 'diff';
const spec = { ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string' } as const;

function configuration(source: SourceConnection, slot: string, snapshotMode: string): Record<string, string> {
  return {
    name: NAME,
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'offset.storage': 'org.apache.kafka.connect.storage.MemoryOffsetBackingStore',
    'offset.flush.interval.ms': '60000',
    'database.hostname': source.host,
    'database.port': String(source.port),
    'database.user': source.username,
    'database.password': source.password,
    'database.dbname': source.database,
    'topic.prefix': LOGICAL_NAME,
    'plugin.name': 'pgoutput',
    'publication.name': NAME,
    'publication.autocreate.mode': 'disabled',
    'schema.include.list': SCHEMAS.join(','),
    'slot.name': slot,
    'snapshot.mode': snapshotMode,
    'converter.schemas.enable': 'false',
    // What docs/decisions/0007 chose by name; all else is Debezium's default.
    'decimal.handling.mode': 'string',
    'skipped.operations': 'none',
    // Otherwise columns of types that it does not know would be missing, and there would be nothing to compare.
    'include.unknown.datatypes': 'true',
    // Values that stop the engine cost it the event instead of everything behind it.
    'event.processing.failure.handling.mode': 'warn',
    'errors.max.retries': '0',
  };
}

async function untilActive(client: pg.Client, slot: string, engine: Promise<void>): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ active: boolean }>('select active from pg_replication_slots where slot_name = $1', [slot]);
    if (rows[0]?.active) return;
    await Promise.race([wait(100), engine]);
  }
}

const major = Number(values.major);
const classPath = debeziumClassPath(say);
const server = await startPostgres({ majorVersion: major });
const engines: DebeziumRun[] = [];
const run = (config: Record<string, string>) => {
  const engine = startDebezium(classPath, config);
  engines.push(engine);
  return engine;
};
const shapes = new Set<string>();
const total = { events: 0, explained: 0, unexplained: 0 };
try {
  const url = await server.createDatabase(NAME);
  const source = connectionOf(url);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // an end of the server while something else failed: that is the error to show
  await client.connect();
  await prepareWorkload(client, NAME);
  await client.query(
    "select pg_create_logical_replication_slot('spillway_diff', 'pgoutput'), pg_create_logical_replication_slot('debezium_diff', 'pgoutput')",
  );
  say(`PostgreSQL ${major}, Debezium ${DEBEZIUM_VERSION}: ${TYPE_SHAPES.length} column types and shapes`);

  const theirs = run(configuration(source, 'debezium_diff', 'no_data'));
  const theirsDone = theirs.until(({ value }) => value?.includes('"schema":"finish"') ?? false, 120_000);
  theirsDone.catch(() => undefined);
  await untilActive(client, 'debezium_diff', theirsDone);
  const ours = await streamUntil(
    { spec, source, slotName: 'spillway_diff', publicationName: NAME },
    ({ relation }) => relation.schema === 'finish',
  );
  await runWorkload(client);
  const made = await ours.done;
  await theirsDone;
  report('stream (snapshot.mode=no_data)', made, theirs.events);
  if (values.capture) writeFileSync(new URL('golden/stream.jsonl', import.meta.url), goldenLines(made, theirs.events));

  const unreadable = TYPE_SHAPES.flatMap(({ stopsSnapshot }, index) => (stopsSnapshot ? [`types.${typeTable(index)}`] : []));
  const reading = run({ ...configuration(source, 'debezium_initial', 'initial'), 'table.exclude.list': unreadable.join(',') });
  const read = reading.until(({ value }) => value?.includes('"snapshot":"last"') ?? false, 30_000);
  read.catch(() => undefined);
  const { rows } = await client.query<{ id: string }>('select system_identifier::text as id from pg_control_system()');
  const snapshot = await readTables(
    spec,
    source,
    rows[0]?.id ?? '',
    (await publishedTables(client, SCHEMAS)).filter(({ schema, table }) => !unreadable.includes(`${schema}.${table}`)),
  );
  await read;
  report('snapshot (snapshot.mode=initial)', snapshot, inOrderOfTables(reading.events));
  await client.end();
} finally {
  for (const engine of engines) await engine.stop();
  await server.stop();
}
say(
  `\nPostgreSQL ${major}, Debezium ${DEBEZIUM_VERSION}: ${total.events} events compared over ${shapes.size} column types and shapes; ` +
    `differences explained ${total.explained}, unexplained ${total.unexplained}`,
);
process.exitCode = total.unexplained > 0 ? 1 : 0;

/** Debezium reads tables in an order of its own; rows within a table come in one order on both sides. */
function inOrderOfTables(events: readonly PeerEvent[]): PeerEvent[] {
  const placed = events.map((event) => {
    const { source } = JSON.parse(event.value ?? '{}') as { source: { schema: string; table: string } };
    return { event, table: `${source.schema}\0${source.table}` };
  });
  return placed.sort((left, right) => (left.table < right.table ? -1 : left.table > right.table ? 1 : 0)).map(({ event }) => event);
}

function report(title: string, made: readonly MadeEvents[], theirs: readonly PeerEvent[]): void {
  const ours = made.flatMap(({ events }) => events);
  const comparison: Comparison = compareStreams(ours, theirs, typeOfTable);
  say(`\n${title}: ${ours.length} messages of ours, ${theirs.length} of Debezium`);
  for (const { type, table, path, where, ...sides } of comparison.unexplained.slice(0, 200)) {
    say(
      `  DIFFERENT ${type ? `${type} (${table})` : table} ${path}\n    at       ${where}\n    Spillway ${show(sides.ours)}\n    Debezium ${show(sides.theirs)}`,
    );
  }
  const explained = [...comparison.explained].sort(([, left], [, right]) => right - left);
  for (const [{ reason }, count] of explained) say(`  explained ${String(count).padStart(5)}  ${reason}`);
  const sum = explained.reduce((before, [, count]) => before + count, 0);
  for (const { change } of made) if (change.relation.schema === 'types') shapes.add(change.relation.table);
  total.events += ours.length;
  total.explained += sum;
  total.unexplained += comparison.unexplained.length + (theirs.length === 0 ? 1 : 0);
  say(`  explained ${sum}, unexplained ${comparison.unexplained.length}`);
}
