import { randomUUID } from 'node:crypto';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealSecret } from '@/core/secrets/seal';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { registrySecretBlock } from '@/core/spec/sink/kafka-registry';
import type { StreamSpecInput } from '@/core/spec/stream-spec';
import { JarsUnavailable, mavenJars, pinnedVersion } from '@/local/maven-jars';
import type { ConnectSchema } from '@/worker/flow/flow';
import { readJson } from '@/worker/sink/kafka/format/json-value';
import { APICURIO, startApicurio, type TestApicurio } from '@/worker/testing/apicurio';
import { startKafka, type TestKafka } from '@/worker/testing/kafka';
import { emptyDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { type Plain, plain, readAvro, readJsonSchema, readProtobuf } from '@/worker/testing/registry/readers';
import { type SignedRegistry, signedRegistry } from '@/worker/testing/registry/signed-registry';
import { testedOn } from '@/worker/testing/tested-on';
import { type CatalogFixture, catalogFixture } from './fixture';
import { type CompiledWorker, compileWorker, type RunningWorker, until as untilOrThrow } from './fixture-worker';

const missing = whyMissing();
if (missing) console.log(`skipped: ${missing}`);

const FORMATS = ['json', 'json_with_schema', 'avro', 'protobuf', 'json_schema'] as const;
type Format = (typeof FORMATS)[number];
/** One column of every kind of value, and rows at their edges. */
const ZOO = `create table zoo (
  id int8 primary key, i2 int2, i4 int4 not null default 7, f4 float4, f8 float8, n numeric(20,4), any_n numeric, b bool, t text, v varchar(9),
  by bytea, d date, ts timestamp(3), tsu timestamp, tstz timestamptz, tm time, tmz timetz, iv interval, u uuid, j jsonb, x xml, bits bit(9),
  flag bit(1), p point, ip inet, r int4range, m money, ints int4[], texts text[], amounts numeric(9,2)[], "Odd name-1" text)`;
const ROWS = [
  `insert into zoo values (9007199254740993, -32768, 2147483647, 0.1, 1.7976931348623157e308, -1234567890123456.7891, 1.10, true, E'tab\\t"quote" ümläut 🚰', 'nine char',
     '\\x00ff10', '2016-11-04', '2016-11-04 13:51:30.123', '0044-03-15 12:00:00.123456 BC', '2016-11-04 13:51:30.5+02', '24:00:00', '13:51:30.5+02',
     '1 year 2 mons 3 days 04:05:06.78', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a":[1,null]}', '<a/>', '100000001', '1', '(1.5,-2)', '10.0.0.1/8', '[1,5)', '12.50',
     '{1,NULL,-3}', '{"a b",NULL,""}', '{1.10,NULL}', 'odd')`,
  `insert into zoo (id) values (2)`,
  `insert into zoo (id, f4, f8, ints, texts) values (3, 'NaN', '-Infinity', '{}', '{}')`,
  `update zoo set t = 'changed' where id = 2`,
  `delete from zoo where id = 3`,
];

interface Arrived {
  readonly id: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

let fixture: CatalogFixture;
let source: TestDatabase;
let shop: pg.Client;
let compiled: CompiledWorker;
let worker: RunningWorker;
let broker: TestKafka;
let registry: TestApicurio;
let signed: SignedRegistry;
let consumer: Consumer;
const topics = new Map<string, Arrived[]>();
const run = randomUUID().slice(0, 8);
const topicOf = (name: string) => `registry-${run}-${name.replaceAll('_', '-')}`;
const streams = new Map<string, string>();

beforeAll(async () => {
  if (missing) return;
  [fixture, source, broker, registry] = await Promise.all([catalogFixture(), emptyDatabase(), startKafka(), startApicurio()]);
  signed = await signedRegistry(registry.url, 'spillway:first');
  compiled = await compileWorker(fixture.key.privateKey);
  shop = new pg.Client({ connectionString: source.url });
  await shop.connect();
  await shop.query(ZOO);
  await shop.query('alter table zoo replica identity full');
  await fixture.addSource('shop', source.url);
  await addTarget();
  for (const format of FORMATS) streams.set(format, await fixture.addApprovedStream(specOf(format)));
  worker = compiled.start({ catalogUrl: fixture.url });
  const client = new Kafka({
    brokers: broker.brokers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, retries: 30 },
  });
  const admin = client.admin();
  await admin.connect();
  const names = [...FORMATS.map(topicOf), topicOf('other')];
  await admin.createTopics({ topics: names.map((topic) => ({ topic, numPartitions: 1 })), waitForLeaders: true });
  await admin.disconnect();
  consumer = client.consumer({ groupId: randomUUID() });
  await consumer.connect();
  for (const topic of names) topics.set(topic, []);
  await consumer.subscribe({ topics: names, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, message: { key, value, headers } }) => {
      topics.get(topic)?.push({ id: String(headers?.['spillway.id']), key, value });
    },
  });
});
afterAll(async () => {
  if (missing) return;
  await compiled.remove();
  await consumer.disconnect();
  const active = 'select 1 from pg_replication_slots where database = current_database() and active';
  await until('the pipelines to notice', async () => (await shop.query(active)).rowCount === 0);
  await shop.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()');
  await shop.end();
  await Promise.all([signed.close(), registry.stop(), broker.stop(), fixture.drop()]);
  await source.drop();
});

async function addTarget(): Promise<void> {
  const id = randomUUID();
  const config = {
    type: 'Kafka',
    brokers: broker.brokers.split(','),
    tls: false,
    registry: { url: signed.url, auth: { type: 'basic', username: 'spillway' }, allowPrivateNetwork: true },
  };
  const sealed = sealSecret(registrySecretBlock('first'), fixture.key.publicKey, { kind: 'sink-target', id, version: 1 });
  await fixture.sql(`INSERT INTO sink_target (id, name, type, config, sealed_secret) VALUES ($1, 'cluster', 'Kafka', $2, $3)`, [
    id,
    JSON.stringify(config),
    sealed,
  ]);
}

function specOf(format: Format, sink: object = {}, table = 'zoo'): StreamSpecInput {
  return {
    applicationId: `zoo-${format.replaceAll('_', '-')}`,
    source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: table }, snapshot: 'no_data' },
    flow: DEBEZIUM_DEFAULTS,
    sink: {
      type: 'Kafka',
      target: 'cluster',
      topic: topicOf(format),
      format,
      ...(format === 'protobuf' ? { onSchemaChange: 'register' } : {}),
      ...(format === 'json_schema' ? { subjects: 'topic_record' } : {}),
      ...sink,
    },
    recovery: { type: 'None' },
  };
}

const until = (what: string, check: () => Promise<boolean>) =>
  untilOrThrow(what, check, async () => {
    const states = await fixture.sql('SELECT name, state, state_reason FROM stream');
    return `${JSON.stringify(states)}\n${worker.output().slice(-3000)}`;
  });
const stateOf = async (format: string) =>
  (
    await fixture.sql<{ state: string; reason: string }>('SELECT state, state_reason AS reason FROM stream WHERE id = $1', [
      streams.get(format),
    ])
  )[0];
const says = (format: string, words: RegExp) => async () => words.test((await stateOf(format))?.reason ?? '');
const arrivedIn = (format: string) => topics.get(topicOf(format)) ?? [];
const arrived = (format: string, count: number) => async () => arrivedIn(format).length >= count;
const ask = async (path: string): Promise<Record<string, unknown>> =>
  (await fetch(`${registry.url}${path}`)).json() as Promise<Record<string, unknown>>;

/** Schemas by which a reader sees what Kafka Connect calls it: those that the stream with schemas inside sends. */
function schemasOf(message: Arrived): { key: ConnectSchema; value: ConnectSchema } {
  const schema = (bytes: Buffer | null) => (JSON.parse(String(bytes)) as { schema: ConnectSchema }).schema;
  return { key: schema(message.key), value: schema(message.value) };
}

/** What an independent reader makes of bytes, by the schema that the registry gives for their id. */
async function read(bytes: Buffer, shape: ConnectSchema): Promise<Plain> {
  expect(bytes[0]).toBe(0);
  const { schema, schemaType } = await ask(`/schemas/ids/${bytes.readInt32BE(1)}`);
  const [text, body] = [String(schema), bytes.subarray(5)];
  if (schemaType === 'PROTOBUF') return readProtobuf(text, body, shape);
  return schemaType === 'JSON' ? plain(readJson(readJsonSchema(text, body)), shape) : readAvro(text, body, shape);
}

const PEER = testedOn({
  of: 'schema registry',
  kind: 'real',
  name: `Apicurio Registry ${pinnedVersion('apicurio', 'apicurio-registry-app')} (Confluent's API v7) from Maven Central`,
  missing,
});

describe.skipIf(missing !== null)('streams with schemas, on a real broker and a real Apicurio registry', PEER, () => {
  it('registers key and value before anything is sent, and protects new subjects with BACKWARD_TRANSITIVE', async () => {
    for (const format of FORMATS) await until(`${format} streaming`, async () => (await stateOf(format))?.state === 'streaming');
    const name = `${topicOf('json_schema')}-zoo_json_schema.public.zoo`;
    const subjects = ['avro', 'protobuf'].flatMap((format) => [`${topicOf(format)}-key`, `${topicOf(format)}-value`]);
    const expected = [...subjects, `${name}.Key`, `${name}.Envelope`].sort();
    expect(((await ask('/subjects')) as unknown as string[]).sort()).toEqual(expected);
    for (const subject of expected) expect(await ask(`/config/${subject}`)).toEqual({ compatibilityLevel: 'BACKWARD_TRANSITIVE' });
    expect([...topics.values()].flat()).toEqual([]);
    const [kept] = await fixture.sql('SELECT subjects FROM schema_registration WHERE stream_id = $1', [streams.get('avro')]);
    expect(kept?.subjects).toEqual([`${topicOf('avro')}-key`, `${topicOf('avro')}-value`]);
  });

  it('gives independent readers the values of the JSON format, in every column, before and after', async () => {
    for (const row of ROWS) await shop.query(row);
    for (const format of FORMATS) await until(`the rows as ${format}`, arrived(format, ROWS.length + 1));
    const asJson = arrivedIn('json').map(({ id, key, value }) => ({ id, key: String(key), value: value && String(value) }));
    // A delete, and its tombstone.
    expect(asJson.map(({ value }) => value && (JSON.parse(value) as { op: string }).op)).toEqual(['c', 'c', 'c', 'u', 'd', null]);
    for (const format of FORMATS.slice(1)) {
      for (const [index, message] of arrivedIn(format).entries()) {
        const { id, key = '', value } = asJson[index] ?? {};
        const shapes = schemasOf(arrivedIn('json_with_schema')[value === null ? index - 1 : index] ?? message);
        const payload = (bytes: Buffer) => JSON.stringify((JSON.parse(String(bytes)) as { payload: unknown }).payload);
        const by = async (bytes: Buffer, shape: ConnectSchema) =>
          format === 'json_with_schema' ? plain(JSON.parse(payload(bytes)), shape) : read(bytes, shape);
        const lossy = (json: string, shape: ConnectSchema) =>
          plain(format === 'json_with_schema' ? JSON.parse(json) : readJson(json), shape);
        expect(message.id).toBe(id);
        expect(await by(message.key ?? Buffer.alloc(0), shapes.key)).toEqual(lossy(key, shapes.key));
        if (value === null || value === undefined) expect(message.value).toBeNull();
        else
          expect(rowsOf(await by(message.value ?? Buffer.alloc(0), shapes.value)), `${format} ${id}`).toEqual(
            rowsOf(lossy(value, shapes.value)),
          );
      }
    }
  });

  it('waits for a registry that is down, then sends what it was let register, stops by name where a person decides, and takes up rotated credentials', async () => {
    await registry.kill9();
    await shop.query('alter table zoo add column added text');
    await shop.query(`insert into zoo (id, added) values (4, 'new')`);
    await until('the outage', says('protobuf', /Schema registry at/));
    expect(arrivedIn('protobuf')).toHaveLength(6);
    await registry.start();
    await until('the new schema, registered', arrived('protobuf', 7));
    const before = await ask(`/subjects/${topicOf('protobuf')}-value/versions/1`);
    const after = await ask(`/subjects/${topicOf('protobuf')}-value/versions/2`);
    // Fields keep their numbers: the new one comes behind them.
    for (const field of String(before.schema).match(/optional .* = \d+;/g) ?? []) expect(after.schema).toContain(field);
    const shapes = schemasOf(arrivedIn('json_with_schema').at(-1) ?? { id: '', key: null, value: null });
    const last = (await read(arrivedIn('protobuf').at(-1)?.value ?? Buffer.alloc(0), shapes.value)) as { after: Record<string, Plain> };
    expect(last.after).toMatchObject({ id: '4', added: 'new' });

    await until('the stop', says('avro', /not registered under registry-.*-avro-value; it is compatible/));
    expect(arrivedIn('avro')).toHaveLength(6);
    expect((await ask(`/subjects/${topicOf('avro')}-value/versions`)) as unknown).toEqual([1]);
    // Rotated together with the restart: both the worker, which registers, and the new pipeline use the new password.
    signed.credentials = 'spillway:second';
    const [target] = await fixture.sql<{ id: string }>('SELECT id FROM sink_target');
    const sealed = sealSecret(registrySecretBlock('second'), fixture.key.publicKey, {
      kind: 'sink-target',
      id: target?.id ?? '',
      version: 2,
    });
    await fixture.sql(
      `WITH rotated AS (UPDATE sink_target SET sealed_secret = $1, secret_version = 2, updated_at = now())
       UPDATE stream SET restart_nonce = restart_nonce + 1 WHERE id = $2`,
      [sealed, streams.get('avro')],
    );
    await until('the row, once a restart was asked for', arrived('avro', 7));
  });

  it('publishes nothing of a change that is not compatible, and says what the registry says; a refused stream leaves nothing behind', async () => {
    await shop.query('alter table zoo drop column i4');
    await shop.query(`alter table zoo add column i4 text`);
    await shop.query(`insert into zoo (id, i4) values (6, 'text')`);
    await until('the refusal while it runs', says('avro', /not compatible with what is registered under registry-.*-avro-value/));
    expect(arrivedIn('avro')).toHaveLength(7);

    await shop.query('create table other (id text primary key)');
    const refused = { ...specOf('avro', {}, 'other'), applicationId: 'zoo-avro-other' };
    streams.set('other', await fixture.addApprovedStream(refused));
    await until('the refusal before it runs', async () => (await stateOf('other'))?.state === 'failed');
    expect((await stateOf('other'))?.reason).toMatch(/schema registry refuses.*Incompatible/i);
    const [left] = await fixture.sql('SELECT status FROM provision WHERE stream_id = $1', [streams.get('other')]);
    expect(left?.status).toBe('intent');
    const made = await shop.query(
      `select pubname from pg_publication where pubname like '%avro_other%' union all select slot_name from pg_replication_slots where slot_name like '%avro_other%'`,
    );
    expect(made.rows).toEqual([]);
  });
});

function rowsOf(event: Plain): unknown {
  const { before, after, op } = event as Record<string, Plain>;
  return { before, after, op };
}

function whyMissing(): string | null {
  try {
    mavenJars(APICURIO, () => undefined);
    return null;
  } catch (error) {
    if (error instanceof JarsUnavailable) return `schemas against a registry: ${error.message}`;
    throw error;
  }
}
