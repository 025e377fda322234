import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { connectionOf } from '@/worker/source/postgres/fixture';
import { type Configuration, propertiesOf } from './configurations';
import { type DebeziumRun, startDebezium } from './debezium-engine';
import type { PeerEvent } from './peer-event';
import { LOGICAL_NAME, type MadeEvents, publishedTables, readTables, streamUntil } from './spillway-side';
import { prepareWorkload, runWorkload, SCHEMAS, typeTable } from './workload/run-workload';
import { TYPE_SHAPES } from './workload/type-shapes';

/** What both sides made of one workload. */
export interface BothSides {
  readonly made: readonly MadeEvents[];
  readonly theirs: readonly PeerEvent[];
}

const PUBLICATION = 'diff';

/** How the engine reads a source through a slot of its own. */
export function engineProperties(source: SourceConnection, slot: string, snapshotMode: string): Record<string, string> {
  return {
    name: 'diff',
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
    'publication.name': PUBLICATION,
    'publication.autocreate.mode': 'disabled',
    'slot.name': slot,
    'snapshot.mode': snapshotMode,
    'converter.schemas.enable': 'false',
    'skipped.operations': 'none',
    // Otherwise columns of types that it does not know would be missing, and there would be nothing to compare.
    'include.unknown.datatypes': 'true',
    // Values that stop the engine cost it the event instead of everything behind it.
    'event.processing.failure.handling.mode': 'warn',
    'errors.max.retries': '0',
  };
}

function properties(configuration: Configuration, source: SourceConnection, slot: string, snapshotMode: string): Record<string, string> {
  return {
    ...engineProperties(source, slot, snapshotMode),
    'schema.include.list': SCHEMAS.join(','),
    ...propertiesOf(configuration),
  };
}

/** The workload in a fresh database of its own, streamed while it is written, and then read as a snapshot. */
export async function runConfiguration(
  configuration: Configuration,
  url: string,
  classPath: string,
): Promise<{ stream: BothSides; snapshot: BothSides }> {
  const engines: DebeziumRun[] = [];
  const run = (slot: string, mode: string, more: Record<string, string> = {}) => {
    const engine = startDebezium(classPath, { ...properties(configuration, source, slot, mode), ...more });
    engines.push(engine);
    return engine;
  };
  const source = connectionOf(url);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // an end of the server while something else failed: that is the error to show
  await client.connect();
  try {
    await prepareWorkload(client, PUBLICATION);
    const slots = { ours: `ours_${source.database}`, theirs: `theirs_${source.database}`, reading: `reading_${source.database}` };
    for (const slot of [slots.ours, slots.theirs])
      await client.query('select pg_create_logical_replication_slot($1, $2)', [slot, 'pgoutput']);

    const theirs = run(slots.theirs, 'no_data');
    const theirsDone = theirs.until(({ value }) => value?.includes('"schema":"finish"') ?? false, 120_000);
    theirsDone.catch(() => undefined);
    await untilActive(client, slots.theirs, theirsDone);
    const ours = await streamUntil(
      { spec: configuration.flow, source, slotName: slots.ours, publicationName: PUBLICATION },
      ({ relation }) => relation.schema === 'finish',
    );
    await runWorkload(client);
    const stream = { made: await ours.done, theirs: theirs.events };
    await theirsDone;

    const unreadable = TYPE_SHAPES.flatMap(({ stopsSnapshot }, index) => (stopsSnapshot ? [`types.${typeTable(index)}`] : []));
    const reading = run(slots.reading, 'initial', { 'table.exclude.list': unreadable.join(',') });
    const read = reading.until(({ value }) => value?.includes('"snapshot":"last"') ?? false, 60_000);
    read.catch(() => undefined);
    const { rows } = await client.query<{ id: string }>('select system_identifier::text as id from pg_control_system()');
    const made = await readTables(
      configuration.flow,
      source,
      rows[0]?.id ?? '',
      (await publishedTables(client, SCHEMAS)).filter(({ schema, table }) => !unreadable.includes(`${schema}.${table}`)),
    );
    await read;
    return { stream, snapshot: { made, theirs: inOrderOfTables(reading.events) } };
  } finally {
    await client.end();
    for (const engine of engines) await engine.stop();
  }
}

/** Resolves when the slot is read; rejects when the engine ends before. */
export async function untilActive(client: pg.Client, slot: string, engine: Promise<void>): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ active: boolean }>('select active from pg_replication_slots where slot_name = $1', [slot]);
    if (rows[0]?.active) return;
    await Promise.race([wait(100), engine]);
  }
}

/** Debezium reads tables in an order of its own; rows within a table come in one order on both sides. */
function inOrderOfTables(events: readonly PeerEvent[]): PeerEvent[] {
  const placed = events.map((event) => {
    const { source } = JSON.parse(event.value ?? '{}') as { source: { schema: string; table: string } };
    return { event, table: `${source.schema}\0${source.table}` };
  });
  return placed.sort((left, right) => (left.table < right.table ? -1 : left.table > right.table ? 1 : 0)).map(({ event }) => event);
}
