import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamSpec } from '../stream-spec';
import { exportManifest, newManifest, printManifest } from './export-manifest';
import { importManifests } from './import-manifest';
import type { Connections, ImportedEntry } from './imported';
import { type Json, objectIn } from './json';
import { entriesIn, formOfDocument } from './kept-manifest';
import { readManifestYaml } from './manifest-yaml';

const NONE: Connections = { sources: [], targets: [] };
/** Each entry finds its connections here. */
const ALL: Connections = {
  sources: [{ name: 'foo', host: 'acid-stream-cluster.default', port: 5432, database: 'foo', standbys: [] }],
  targets: [
    { name: 'bus', type: 'Nakadi' },
    { name: 'queues', type: 'Sqs' },
  ],
};

function imported(text: string, connections = NONE): ImportedEntry[] {
  const result = importManifests(text, connections);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return [...result.entries];
}

/** The one document of a YAML text. */
function documentOf(text: string): Json {
  const read = readManifestYaml(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return read.documents[0] ?? null;
}

/** Import, drafts as they are, export, text. */
function there(text: string, connections = NONE): string {
  const entries = imported(text, connections);
  const document = documentOf(text);
  const form = formOfDocument(document);
  if (!form) throw new Error('no manifest');
  const streams = entries.flatMap(({ draft, kept }) => (draft && kept ? [{ at: kept.at, spec: draft }] : []));
  return printManifest(exportManifest({ form, document }, streams));
}

const TALK_1 = `
applicationId: my-application
eventStreams:
- source:   { type: PostgresLogicalReplication, jdbcConnection: { slotName: fes, jdbcUrl: "jdbc:postgresql://..." }, table: { name: my_events_outbox } }
  flow:     { type: PostgresWalToGenericNakadiEvent, payloadColumn: my_event_payload }
  sink:     { type: Nakadi, eventType: my-important-business-events }
  recovery: { type: DeadLetter, sink: { type: SqsStandard, queueName: my-dead-letter-queue } }
`;
const TALK_2 = `
- source:   { type: DynamoDbStreamsSubscription, subscription: { leaseTableName: my_lease_table, streamArn: "arn:aws:..." },
              filter: "[?(@.OldImage.Status.Id != @.NewImage.Status.Id)]" }
  flow:     { type: AwsLambdaConversion, lambdaFunctionArn: "arn:aws:lambda:..." }
  sink:     { type: SqsFifo, queueName: my-cdc-queue }
  recovery: { type: None }
`;
const TALK_BOTH = `${TALK_1}${TALK_2.trimStart()}  priority: 3\n`;

const url = 'jdbc:postgresql://acid-stream-cluster.default/foo?user=fes_user&ssl=true&sslmode=require';
const connection = {
  jdbcUrl: url,
  slotName: 'fes_foo_test_app',
  pluginType: 'pgoutput',
  databaseAuthentication: {
    type: 'DatabaseAuthenticationSecret',
    name: 'fes-user.acid-stream-cluster.credentials.postgresql.acid.zalan.do',
    userKey: 'username',
    passwordKey: 'password',
  },
};
/** As the operator emits it for a cluster of three tables, with what a cluster adds and nobody here knows. */
const RESOURCE = {
  apiVersion: 'zalando.org/v1',
  kind: 'FabricEventStream',
  metadata: {
    name: 'acid-stream-cluster-12345',
    namespace: 'default',
    annotations: { 'fes.zalando.org/FES_CPU': '250m' },
    labels: { application: 'spilo', 'cluster-name': 'acid-stream-cluster', team: 'acid' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'acid-test-cluster', controller: true }],
    resourceVersion: '4711',
  },
  spec: {
    applicationId: 'test-app',
    paused: false,
    eventStreams: [
      {
        flow: { type: 'PostgresWalToGenericNakadiEvent', payloadColumn: 'b_payload' },
        sink: { type: 'Nakadi', eventType: 'stream-type-a', maxBatchSize: 100 },
        source: {
          type: 'PostgresLogicalReplication',
          schema: 'data',
          table: { name: 'bar', idColumn: 'b_id' },
          filter: '[?(@.source.txId > 500 && @.source.lsn > 123456)]',
          jdbcConnection: connection,
        },
        recovery: { type: 'DeadLetter', sink: { type: 'Nakadi', eventType: 'stream-type-a-dead-letter-queue', maxBatchSize: 100 } },
      },
      {
        flow: { type: 'PostgresWalToGenericNakadiEvent' },
        sink: { type: 'Nakadi', eventType: 'stream-type-c', maxBatchSize: 100, tenants: ['a'] },
        source: { type: 'PostgresLogicalReplication', schema: 'data', table: { name: 'foofoobar' }, jdbcConnection: connection },
        recovery: { type: 'Ignore', sink: null },
      },
    ],
  },
  status: { phase: 'Running' },
};
const CLUSTER = {
  apiVersion: 'acid.zalan.do/v1',
  kind: 'postgresql',
  metadata: { name: 'acid-stream-cluster', namespace: 'default' },
  spec: {
    teamId: 'acid',
    volume: { size: '1Gi' },
    streams: [
      {
        applicationId: 'test-app',
        database: 'foo',
        enableRecovery: true,
        batchSize: 100,
        cpu: '250m',
        filter: { 'data.bar': '[?(@.source.txId > 500)]' },
        tables: {
          'data.bar': { eventType: 'stream-type-a', idColumn: 'b_id', payloadColumn: 'b_payload' },
          'data.foobar': { eventType: 'stream-type-b', recoveryEventType: 'stream-type-b-dlq', note: 'kept' },
          'data.foofoobar': { eventType: 'stream-type-c', ignoreRecovery: true },
        },
      },
    ],
  },
};

describe('import and export', () => {
  it.each([
    ['the outbox of the talk', TALK_1],
    ['the table of DynamoDB of the talk', TALK_2],
    ['both in one', TALK_BOTH],
    ['a resource as the operator writes it', JSON.stringify(RESOURCE)],
    ['the streams of a postgresql resource', JSON.stringify(CLUSTER)],
  ])('give %s back as it was', (_, text) => {
    expect(documentOf(there(text))).toEqual(documentOf(text));
    expect(documentOf(there(text, ALL))).toEqual(documentOf(text));
  });

  it('a filter of FES is a filter of the stream, and changes where it stands', () => {
    const [path] = [RESOURCE.spec.eventStreams[0]?.source.filter];
    expect(imported(JSON.stringify(RESOURCE))[0]?.draft?.filter).toEqual({ jsonPath: path });
    expect(imported(JSON.stringify(CLUSTER))[0]?.draft?.filter).toEqual({ jsonPath: '[?(@.source.txId > 500)]' });
    const other = changed(JSON.stringify(RESOURCE), (before) => ({ ...before, filter: { jsonPath: '[?(@.op)]', changedColumns: ['a'] } }));
    expect(entryOf(other.document)).toMatchObject({ source: { filter: '[?(@.op)]' }, spillway: { filter: { changedColumns: ['a'] } } });
    expect(other.again).toEqual(other.spec);
    for (const text of [JSON.stringify(RESOURCE), JSON.stringify(CLUSTER)]) {
      const none = changed(text, ({ filter: _, ...before }) => before);
      expect(none.again).toEqual(none.spec);
    }
  });

  it('a sink of dead letters is where copies go, as soon as one target fits', () => {
    const copies = (text: string) => imported(text, ALL).map(({ draft }) => draft?.recovery);
    expect(copies(TALK_1)).toMatchObject([{ sink: { type: 'SqsStandard', target: 'queues', queueName: 'my-dead-letter-queue' } }]);
    expect(copies(JSON.stringify(CLUSTER))).toMatchObject([
      { sink: { type: 'Nakadi', target: 'bus', eventType: 'stream-type-a-dead-letter-queue' } },
      { sink: { eventType: 'stream-type-b-dlq' } },
      { type: 'Ignore' },
    ]);
    const other = { type: 'Kafka' as const, target: 'broker', topic: 'letters' };
    for (const text of [JSON.stringify(RESOURCE), JSON.stringify(CLUSTER)]) {
      const { spec, again, document } = changed(text, (before) => ({ ...before, recovery: { ...lettersOf(before), sink: other } }));
      expect(again).toEqual(spec);
      expect(JSON.stringify(document)).toContain('"spillway":{"recovery":{"sink":{"type":"Kafka"');
    }
  });

  it('name nothing that was chosen here: a database and a target belong to this installation', () => {
    const [entry] = imported(TALK_1);
    if (!entry?.draft || !entry.kept) throw new Error('no draft');
    const spec = { ...entry.draft, source: { ...entry.draft.source, database: 'shop' }, sink: { ...entry.draft.sink, target: 'bus' } };
    expect(exportManifest(entry.kept, [{ at: entry.kept.at, spec }])).toEqual(documentOf(TALK_1));
  });
});

/** The first stream of a manifest, changed by a person. */
function changed(text: string, change: (spec: StreamSpec) => StreamSpec) {
  const [entry] = imported(text);
  if (!entry?.draft || !entry.kept) throw new Error('no draft');
  const spec = change(entry.draft);
  const document = exportManifest(entry.kept, [{ at: entry.kept.at, spec }]);
  return { spec, document, again: imported(printManifest(document))[0]?.draft };
}
function lettersOf({ recovery }: StreamSpec) {
  if (recovery.type !== 'DeadLetter') throw new Error('no dead letters');
  return recovery;
}
const entryOf = (document: Json) => {
  const list = objectIn(document, 'spec').eventStreams;
  return Array.isArray(list) ? list[0] : undefined;
};

describe('a stream that was changed since', () => {
  it('says so in the fields of FES where it has them, and under spillway where not', () => {
    const { document, spec, again } = changed(JSON.stringify(RESOURCE), (before) => ({
      ...before,
      applicationId: 'renamed',
      source: { ...before.source, table: { name: 'baz' }, operations: ['insert'], rowFilter: 'id > 5' },
      flow: { type: 'PostgresWalToGenericNakadiEvent', payloadColumn: null },
      sink: { type: 'Nakadi', target: '', eventType: 'other', maxBatchSize: 7 },
      recovery: { type: 'None' },
    }));
    const [first] = RESOURCE.spec.eventStreams;
    expect(entryOf(document)).toEqual({
      ...first,
      source: { ...first?.source, table: { name: 'baz', idColumn: 'b_id' } },
      sink: { type: 'Nakadi', eventType: 'other', maxBatchSize: 7 },
      recovery: { type: 'None', sink: null },
      spillway: { applicationId: 'renamed', source: { operations: ['insert'], rowFilter: 'id > 5' }, flow: { payloadColumn: null } },
    });
    expect(again).toEqual(spec);
  });

  it('of another sink takes the target with it, and leaves the fields of the former one', () => {
    const { document, spec, again } = changed(JSON.stringify(RESOURCE), (before) => ({
      ...before,
      flow: { type: 'DebeziumEnvelope', ...objectFlow },
      sink: { type: 'Kafka', target: 'broker', topic: 'orders', tombstones: true },
    }));
    expect(entryOf(document)).toMatchObject({ sink: { type: 'Kafka' }, spillway: { sink: { target: 'broker', topic: 'orders' } } });
    expect(Object.keys(objectIn(entryOf(document), 'flow'))).toEqual(['type']);
    expect(again).toEqual({ ...spec, sink: { ...spec.sink, target: '' } });
  });

  it('of a postgresql resource says beside its table what the section says for all of its tables', () => {
    const { document, spec, again } = changed(JSON.stringify(CLUSTER), (before) => ({
      ...before,
      sink: { type: 'Nakadi', target: '', eventType: 'new', maxBatchSize: 5 },
      recovery: { type: 'None' },
    }));
    expect(document).toEqual({
      ...CLUSTER,
      spec: {
        ...CLUSTER.spec,
        streams: CLUSTER.spec.streams.map((section) => ({
          ...section,
          tables: {
            ...section.tables,
            'data.bar': {
              ...section.tables['data.bar'],
              eventType: 'new',
              spillway: { sink: { maxBatchSize: 5 }, recovery: { type: 'None' } },
            },
          },
        })),
      },
    });
    expect(again).toEqual(spec);
  });

  it('and changed back is the manifest as it was', () => {
    const { document, spec } = changed(JSON.stringify(RESOURCE), (before) => ({
      ...before,
      source: { ...before.source, rowFilter: 'id > 5' },
      recovery: { type: 'DeadLetter', maxAttempts: 9, keyOrder: 'park', maxOpen: 10_000 },
    }));
    const original = imported(JSON.stringify(RESOURCE))[0]?.draft;
    if (!original) throw new Error('no draft');
    expect(spec).not.toEqual(original);
    expect(exportManifest({ form: 'resource', document }, [{ at: { index: 0 }, spec: original }])).toEqual(RESOURCE);
  });
});

const objectFlow = {
  decimalHandlingMode: 'string',
  timePrecisionMode: 'adaptive',
  intervalHandlingMode: 'numeric',
  binaryHandlingMode: 'bytes',
  hstoreHandlingMode: 'json',
  unchangedToast: 'placeholder',
  transactionMetadata: false,
} as const;

describe('a stream that was declared here', () => {
  const spec: StreamSpec = {
    applicationId: 'orders',
    source: {
      type: 'PostgresLogicalReplication',
      database: 'shop',
      schema: 'public',
      table: { name: 'orders' },
      operations: ['insert', 'update', 'delete'],
      snapshot: 'initial',
    },
    flow: { type: 'PostgresWalToGenericNakadiEvent', payloadColumn: 'payload' },
    sink: { type: 'Nakadi', target: 'bus', eventType: 'shop.orders', maxBatchSize: 100 },
    recovery: { type: 'DeadLetter', maxAttempts: 3, keyOrder: 'park', maxOpen: 10_000 },
  };
  const source = { name: 'shop', host: 'db.example', port: 5433, database: 'shop', standbys: [] };
  const back = (document: Json) =>
    importManifests(printManifest(document), { sources: [source], targets: [{ name: 'bus', type: 'Nakadi' }] });

  it('is a resource with all of it, and comes back whole', () => {
    const document = newManifest(spec, source);
    expect(document).toEqual({
      apiVersion: 'zalando.org/v1',
      kind: 'FabricEventStream',
      metadata: { name: 'orders' },
      spec: {
        applicationId: 'orders',
        eventStreams: [
          {
            flow: { type: 'PostgresWalToGenericNakadiEvent' },
            sink: { type: 'Nakadi', eventType: 'shop.orders', maxBatchSize: 100 },
            source: {
              type: 'PostgresLogicalReplication',
              table: { name: 'orders' },
              jdbcConnection: {
                jdbcUrl: 'jdbc:postgresql://db.example:5433/shop',
                slotName: 'fes_shop_orders',
                databaseAuthentication: { type: 'DatabaseAuthenticationSecret' },
              },
            },
            recovery: { type: 'DeadLetter', sink: null },
            spillway: {
              source: { database: 'shop', operations: ['insert', 'update', 'delete'], snapshot: 'initial' },
              sink: { target: 'bus' },
              recovery: { keyOrder: 'park' },
            },
          },
        ],
      },
    });
    const result = back(document);
    expect(result.ok && result.entries[0]?.draft).toEqual(spec);
  });

  it('with a sink that FES does not have comes back, too', () => {
    const kafka: StreamSpec = {
      ...spec,
      flow: { type: 'DebeziumEnvelope', ...objectFlow },
      sink: { type: 'Kafka', target: 'bus', topic: 't', partitions: 3, tombstones: false },
      recovery: { type: 'None' },
      spill: { enabled: false, afterSeconds: 90, maxBytes: 2 ** 30 },
    };
    const result = importManifests(printManifest(newManifest(kafka, null)), {
      sources: [source],
      targets: [{ name: 'bus', type: 'Kafka' }],
    });
    expect(result.ok && result.entries[0]?.draft).toEqual(kafka);
  });
});

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/);
const strange = fc.dictionary(
  fc
    .string({ minLength: 1, maxLength: 8 })
    .filter((key) => !['__proto__', 'constructor', 'prototype', 'spillway'].includes(key) && key.trim() === key),
  fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string({ maxLength: 5 }), { maxLength: 2 }),
  ),
  { maxKeys: 2 },
);
const sink = fc.oneof(
  fc.record(
    {
      type: fc.constant('Nakadi'),
      eventType: fc.oneof(name, fc.string({ maxLength: 8 })),
      maxBatchSize: fc.integer({ min: 0, max: 2000 }),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    { type: fc.constantFrom('SqsStandard', 'SqsFifo'), queueName: name, maxBatchSize: fc.integer({ min: 1, max: 12 }) },
    { requiredKeys: ['type', 'queueName'] },
  ),
);
const eventStream = fc
  .record({
    source: fc.record(
      {
        type: fc.constantFrom('PostgresLogicalReplication', 'PostgresLogicalReplication', 'DynamoDbStreamsSubscription'),
        schema: fc.oneof(name, fc.constant('')),
        table: fc.record({ name, idColumn: fc.option(name) }, { requiredKeys: ['name'] }),
        filter: fc.option(fc.string({ maxLength: 20 })),
        jdbcConnection: fc.record({ jdbcUrl: fc.oneof(fc.constant(url), fc.string({ maxLength: 20 })), slotName: name }),
      },
      { requiredKeys: ['type', 'table', 'jdbcConnection'] },
    ),
    flow: fc.record(
      { type: fc.constantFrom('PostgresWalToGenericNakadiEvent', 'AwsLambdaConversion'), payloadColumn: fc.option(name) },
      { requiredKeys: ['type'] },
    ),
    sink,
    recovery: fc.record({ type: fc.constantFrom('None', 'Ignore', 'DeadLetter'), sink: fc.option(sink) }, { requiredKeys: ['type'] }),
    more: strange,
    moreOfSource: strange,
  })
  .map(({ more, moreOfSource, ...entry }) => ({ ...more, ...entry, source: { ...moreOfSource, ...entry.source } }));
const resource = fc
  .record({
    metadata: strange,
    more: strange,
    applicationId: fc.oneof(name, fc.string({ maxLength: 10 })),
    eventStreams: fc.array(eventStream, { minLength: 1, maxLength: 3 }),
  })
  .map(({ metadata, more, ...spec }) => ({
    apiVersion: 'zalando.org/v1',
    kind: 'FabricEventStream',
    metadata,
    spec: { ...more, ...spec },
  }));

describe('any resource', () => {
  it('comes back as it was from import and export, and import reads the same in it again', () => {
    fc.assert(
      fc.property(resource, (document) => {
        const text = printManifest(document as Json);
        const exported = there(text);
        expect(documentOf(exported)).toEqual(document);
        expect(imported(exported)).toEqual(imported(text));
        expect(there(exported)).toBe(exported);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps its other entries when one stream of it changes', () => {
    fc.assert(
      fc.property(resource, fc.subarray(['insert', 'update', 'delete', 'truncate'] as const, { minLength: 1 }), (document, operations) => {
        const entry = imported(printManifest(document as Json)).find(({ draft }) => draft !== null);
        if (!entry?.draft || !entry.kept) return;
        const spec: StreamSpec = {
          ...entry.draft,
          source: { ...entry.draft.source, operations },
          recovery: { type: 'Ignore', maxAttempts: 5 },
        };
        const exported = exportManifest(entry.kept, [{ at: entry.kept.at, spec }]);
        const entries = entriesIn('resource', exported);
        const again = imported(printManifest(exported))[entry.kept.at.index];
        expect(again?.draft).toEqual(spec);
        expect(entries).toHaveLength(document.spec.eventStreams.length);
      }),
      { numRuns: 40 },
    );
  });
});
