import { describe, expect, it } from 'vitest';
import { ORDERS } from '../fixture';
import type { StreamSpec } from '../stream-spec';
import { exportManifest, newManifest, printManifest } from './export-manifest';
import { ALL, CLUSTER, changed, documentOf, entryOf, imported, lettersOf, RESOURCE, TALK_1, TALK_2, TALK_BOTH, there } from './fixture';
import { importManifests } from './import-manifest';
import { type Json, objectIn } from './json';

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
    source: ORDERS,
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
