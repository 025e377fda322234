import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { connectionOf } from '@/worker/source/postgres/fixture';
import { storeChange } from '@/worker/source/stored-change';
import { startPostgres } from '@/worker/testing/postgres';
import { startDebezium } from './debezium-engine';
import { DEBEZIUM_VERSION, debeziumClassPath } from './debezium-jars';
import { compareOutbox, type OutboxRun } from './outbox-runs';
import { engineProperties, untilActive } from './run-configuration';
import { streamUntil } from './spillway-side';
import { OUTBOX_CASES, type OutboxCase } from './workload/outbox-cases';

/**
 * The Outbox flow beside Debezium's outbox event router, each case in a database of its own: topic, key, value and headers.
 * `npm run outbox-diff [-- --major 15] [--capture]`; --capture writes golden/outbox.jsonl anew. Needs Maven and Java 17 or later.
 */
const { values } = parseArgs({ options: { major: { type: 'string', default: '18' }, capture: { type: 'boolean', default: false } } });
const say = (line: string) => process.stdout.write(`${line}\n`);
const PUBLICATION = 'diff';
const LAST = 'finish.line';

async function run(one: OutboxCase, url: string, classPath: string): Promise<OutboxRun> {
  const source = connectionOf(url);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // an end of the server while something else failed: that is the error to show
  await client.connect();
  const slots = { ours: `ours_${one.name}`, theirs: `theirs_${one.name}` };
  const routed = Object.fromEntries(Object.entries(one.properties).map(([name, value]) => [`transforms.outbox.${name}`, value]));
  try {
    await client.query(`create table outbox (${one.columns}); create schema finish; create table ${LAST} (id int4 primary key);
      create publication ${PUBLICATION} for table outbox, ${LAST}`);
    for (const slot of Object.values(slots)) await client.query('select pg_create_logical_replication_slot($1, $2)', [slot, 'pgoutput']);
    const engine = startDebezium(classPath, {
      ...engineProperties(source, slots.theirs, 'no_data'),
      'schema.include.list': 'public,finish',
      'decimal.handling.mode': 'string',
      transforms: 'outbox',
      'transforms.outbox.type': 'io.debezium.transforms.outbox.EventRouter',
      ...routed,
      // The router is for the outbox only; the row that says that everything was read goes past it.
      predicates: 'isOutbox',
      'predicates.isOutbox.type': 'org.apache.kafka.connect.transforms.predicates.TopicNameMatches',
      'predicates.isOutbox.pattern': '.*outbox',
      'transforms.outbox.predicate': 'isOutbox',
    });
    try {
      const theirsDone = engine.until(({ value }) => value?.includes('"schema":"finish"') ?? false, 120_000);
      theirsDone.catch(() => undefined);
      await untilActive(client, slots.theirs, theirsDone);
      // Only the changes are kept; the flow is run on them afterwards, as in the test of what was captured.
      const ours = await streamUntil(
        { spec: DEBEZIUM_DEFAULTS, source, slotName: slots.ours, publicationName: PUBLICATION },
        ({ relation }) => relation.schema === 'finish',
      );
      for (const statements of one.transactions) await client.query(`begin; ${statements.join('; ')}; commit`);
      await client.query(`insert into ${LAST} values (1)`);
      const made = (await ours.done).filter(({ change }) => change.relation.schema !== 'finish');
      await theirsDone;
      return {
        name: one.name,
        changes: made.map(({ change }) => storeChange(change)),
        theirs: engine.events.filter(({ value }) => !value?.includes('"schema":"finish"')),
      };
    } finally {
      await engine.stop();
    }
  } finally {
    await client.end();
  }
}

const classPath = debeziumClassPath(say);
const server = await startPostgres({ majorVersion: Number(values.major) });
const runs: OutboxRun[] = [];
try {
  for (const one of OUTBOX_CASES) runs.push(await run(one, await server.createDatabase(one.name), classPath));
} finally {
  await server.stop();
}
for (const each of runs) {
  const { events, different } = compareOutbox(each);
  say(`${each.name}: ${events} messages of ours, ${each.theirs.length} of Debezium ${DEBEZIUM_VERSION}, ${different.length} differ`);
  for (const line of different) say(`  DIFFERENT ${line}`);
  if (different.length > 0 || each.theirs.length === 0) process.exitCode = 1;
}
if (values.capture) {
  writeFileSync(new URL('golden/outbox.jsonl', import.meta.url), runs.map((each) => `${JSON.stringify(each)}\n`).join(''));
}
