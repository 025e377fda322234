import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { connectionOf } from '@/worker/source/postgres/fixture';
import { startPostgres } from '@/worker/testing/postgres';
import { CONFIGURATIONS, type Configuration, propertiesOf } from './configurations';
import { startDebezium } from './debezium-engine';
import { debeziumClassPath } from './debezium-jars';
import type { PeerEvent } from './peer-event';
import { engineProperties, untilActive } from './run-configuration';
import { prepareWorkload, runWorkload, SCHEMAS } from './workload/run-workload';

/**
 * Writes golden/schemas.jsonl anew: the schemas that Debezium Engine sends with `schemas.enable=true`. Of one table key and value whole, of
 * the tables of types the schema of the column under test, by configuration where it is not that of `defaults`. Needs Maven and Java 17.
 */
const WHOLE = 'rows.identity_default';

interface Sent {
  readonly schema: { readonly fields: readonly { readonly field: string; readonly fields?: readonly { readonly field: string }[] }[] };
  readonly payload: { readonly source?: { readonly schema: string; readonly table: string } };
}

const classPath = debeziumClassPath((line) => process.stdout.write(`${line}\n`));
const server = await startPostgres({ majorVersion: 18 });
const columns = new Map<string, Record<string, unknown>>();
const whole: string[] = [];
try {
  for (const configuration of CONFIGURATIONS) {
    for (const [table, { key, value }] of firstOfTables(await capture(configuration))) {
      const sent = JSON.parse(value) as Sent;
      if (table === WHOLE && configuration.name === 'defaults') {
        whole.push(JSON.stringify({ table, key: (JSON.parse(key ?? '{}') as Sent).schema, value: sent.schema }));
      }
      if (!table.startsWith('types.')) continue;
      const after = sent.schema.fields.find(({ field }) => field === 'after')?.fields ?? [];
      const of = columns.get(table) ?? {};
      of[configuration.name] = after.find(({ field }) => field === 'v') ?? null;
      columns.set(table, of);
    }
  }
} finally {
  await server.stop();
}
const lines = [...columns]
  .sort(([left], [right]) => (left < right ? -1 : 1))
  .map(([table, { defaults, ...others }]) => {
    const different = Object.entries(others).filter(([, column]) => JSON.stringify(column) !== JSON.stringify(defaults));
    return JSON.stringify({ table, columns: { defaults, ...Object.fromEntries(different) } });
  });
writeFileSync(new URL('golden/schemas.jsonl', import.meta.url), `${[...whole, ...lines].join('\n')}\n`);

async function capture(configuration: Configuration): Promise<readonly PeerEvent[]> {
  const source = connectionOf(await server.createDatabase(configuration.name));
  const client = new pg.Client({ ...source, user: source.username });
  await client.connect();
  await prepareWorkload(client, 'diff');
  const slot = `theirs_${source.database}`;
  await client.query('select pg_create_logical_replication_slot($1, $2)', [slot, 'pgoutput']);
  const engine = startDebezium(classPath, {
    ...engineProperties(source, slot, 'no_data'),
    'converter.schemas.enable': 'true',
    'schema.include.list': SCHEMAS.join(','),
    ...propertiesOf(configuration),
  });
  const done = engine.until(({ value }) => value?.includes('"schema":"finish"') ?? false, 120_000);
  done.catch(() => undefined);
  try {
    await untilActive(client, slot, done);
    await runWorkload(client);
    await done;
    return engine.events;
  } finally {
    await engine.stop();
    await client.end();
  }
}

function firstOfTables(events: readonly PeerEvent[]): Map<string, { readonly key: string | null; readonly value: string }> {
  const tables = new Map<string, { readonly key: string | null; readonly value: string }>();
  for (const { key, value } of events) {
    const { source } = value === null ? {} : (JSON.parse(value) as Sent).payload;
    const table = `${source?.schema}.${source?.table}`;
    if (value !== null && source && !tables.has(table)) tables.set(table, { key, value });
  }
  return tables;
}
