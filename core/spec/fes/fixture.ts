import type { StreamSpec } from '../stream-spec';
import { exportManifest, printManifest } from './export-manifest';
import { importManifests } from './import-manifest';
import type { Connections, ImportedEntry } from './imported';
import { type Json, objectIn } from './json';
import { formOfDocument } from './kept-manifest';
import { readManifestYaml } from './manifest-yaml';

/** Manifests, and ways there and back; for tests. */
export const NONE: Connections = { sources: [], targets: [] };
/** Each entry finds its connections here. */
export const ALL: Connections = {
  sources: [{ name: 'foo', host: 'acid-stream-cluster.default', port: 5432, database: 'foo', standbys: [] }],
  targets: [
    { name: 'bus', type: 'Nakadi' },
    { name: 'queues', type: 'Sqs' },
  ],
};

export function imported(text: string, connections = NONE): ImportedEntry[] {
  const result = importManifests(text, connections);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return [...result.entries];
}

/** The one document of a YAML text. */
export function documentOf(text: string): Json {
  const read = readManifestYaml(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return read.documents[0] ?? null;
}

/** Import, drafts as they are, export, text. */
export function there(text: string, connections = NONE): string {
  const entries = imported(text, connections);
  const document = documentOf(text);
  const form = formOfDocument(document);
  if (!form) throw new Error('no manifest');
  const streams = entries.flatMap(({ draft, kept }) => (draft && kept ? [{ at: kept.at, spec: draft }] : []));
  return printManifest(exportManifest({ form, document }, streams));
}

export const TALK_1 = `
applicationId: my-application
eventStreams:
- source:   { type: PostgresLogicalReplication, jdbcConnection: { slotName: fes, jdbcUrl: "jdbc:postgresql://..." }, table: { name: my_events_outbox } }
  flow:     { type: PostgresWalToGenericNakadiEvent, payloadColumn: my_event_payload }
  sink:     { type: Nakadi, eventType: my-important-business-events }
  recovery: { type: DeadLetter, sink: { type: SqsStandard, queueName: my-dead-letter-queue } }
`;
export const TALK_2 = `
- source:   { type: DynamoDbStreamsSubscription, subscription: { leaseTableName: my_lease_table, streamArn: "arn:aws:..." },
              filter: "[?(@.OldImage.Status.Id != @.NewImage.Status.Id)]" }
  flow:     { type: AwsLambdaConversion, lambdaFunctionArn: "arn:aws:lambda:..." }
  sink:     { type: SqsFifo, queueName: my-cdc-queue }
  recovery: { type: None }
`;
export const TALK_BOTH = `${TALK_1}${TALK_2.trimStart()}  priority: 3\n`;

export const url = 'jdbc:postgresql://acid-stream-cluster.default/foo?user=fes_user&ssl=true&sslmode=require';
export const connection = {
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
export const RESOURCE = {
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
export const CLUSTER = {
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

/** The first stream of a manifest, changed by a person. */
export function changed(text: string, change: (spec: StreamSpec) => StreamSpec) {
  const [entry] = imported(text);
  if (!entry?.draft || !entry.kept) throw new Error('no draft');
  const spec = change(entry.draft);
  const document = exportManifest(entry.kept, [{ at: entry.kept.at, spec }]);
  return { spec, document, again: imported(printManifest(document))[0]?.draft };
}
export function lettersOf({ recovery }: StreamSpec) {
  if (recovery.type !== 'DeadLetter') throw new Error('no dead letters');
  return recovery;
}
export const entryOf = (document: Json) => {
  const list = objectIn(document, 'spec').eventStreams;
  return Array.isArray(list) ? list[0] : undefined;
};
