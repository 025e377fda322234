import { describe, expect, it } from 'vitest';
import { importManifests } from './import-manifest';
import type { Connections, ImportedEntry } from './imported';

const NONE: Connections = { sources: [], targets: [] };
const shop = { name: 'shop', host: 'acid-shop.default', port: 5432, database: 'foo', standbys: [] };

function entriesOf(text: string, connections: Connections = NONE): readonly ImportedEntry[] {
  const result = importManifests(text, connections);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.entries;
}
const findings = (entry: ImportedEntry | undefined, kind: string) =>
  entry?.findings.filter((finding) => finding.kind === kind).map(({ field, remedy }) => `${field}: ${remedy}`);

const OUTBOX = `
applicationId: my-application
eventStreams:
- source:   { type: PostgresLogicalReplication, jdbcConnection: { slotName: fes, jdbcUrl: "jdbc:postgresql://acid-shop.default/foo?user=fes_user" }, table: { name: my_events_outbox } }
  flow:     { type: PostgresWalToGenericNakadiEvent, payloadColumn: my_event_payload }
  sink:     { type: Nakadi, eventType: my-important-business-events }
  recovery: { type: DeadLetter, sink: { type: SqsStandard, queueName: my-dead-letter-queue } }
`;

const CLUSTER = `
apiVersion: acid.zalan.do/v1
kind: postgresql
metadata: { name: acid-shop }
spec:
  teamId: acid
  streams:
  - applicationId: test-app
    database: foo
    enableRecovery: ENABLE
    batchSize: 100
    tables:
      data.bar: { eventType: type-a, payloadColumn: b_payload }
      data.foobar: { eventType: type-b, recoveryEventType: type-b-dlq }
      loose: { eventType: type-c, ignoreRecovery: true }
`;

describe('what an imported entry becomes', () => {
  it('is a draft with the defaults of FES and its operator, and with the connections that fit it alone', () => {
    const [entry] = entriesOf(OUTBOX, { sources: [shop], targets: [{ name: 'bus', type: 'Nakadi' }] });
    expect(entry?.draft).toEqual({
      applicationId: 'my-application',
      source: {
        type: 'PostgresLogicalReplication',
        database: 'shop',
        schema: 'public',
        table: { name: 'my_events_outbox' },
        operations: ['insert', 'update'],
        snapshot: 'no_data',
      },
      flow: { type: 'PostgresWalToGenericNakadiEvent', payloadColumn: 'my_event_payload' },
      sink: { type: 'Nakadi', target: 'bus', eventType: 'my-important-business-events', maxBatchSize: 1 },
      recovery: { type: 'DeadLetter', maxAttempts: 3, keyOrder: 'skip', maxOpen: 10_000 },
    });
    expect(findings(entry, 'choose')).toEqual([]);
    expect(findings(entry, 'kept')?.map((words) => words.split(':')[0])).toEqual(['source.jdbcConnection.slotName', 'recovery.sink']);
  });

  it('names what a person has to choose, with what there is to choose from', () => {
    const sources = [
      shop,
      { ...shop, name: 'shop-2', host: 'elsewhere', standbys: [{ host: 'ACID-SHOP.default.svc.cluster.local', port: 5432 }] },
    ];
    expect(
      findings(
        entriesOf(OUTBOX, {
          sources,
          targets: [
            { name: 'a', type: 'Nakadi' },
            { name: 'b', type: 'Nakadi' },
          ],
        })[0],
        'choose',
      ),
    ).toEqual(['source.database: choose one of shop, shop-2: each is this database', 'sink.target: choose one of a, b']);
    expect(findings(entriesOf(OUTBOX)[0], 'choose')).toEqual([
      'source.database: choose a registered source database, or ask a platform admin to register this one',
      'sink.target: ask a platform admin to register a sink target of type Nakadi; none is registered',
    ]);
    const broken = OUTBOX.replace('my-important-business-events', '9 lives').replace('my-application', 'My_App');
    const [entry] = entriesOf(broken);
    expect(findings(entry, 'choose')?.[2]).toMatch(/^sink.eventType: start with a letter/);
    expect(entry?.draft?.sink).toMatchObject({ eventType: '' });
    expect(entry?.draft?.applicationId).toBe('my-app');
  });

  it('of what Spillway cannot run is none, and says why', () => {
    const [entry] = entriesOf(`
- source: { type: DynamoDbStreamsSubscription, subscription: { leaseTableName: t, streamArn: "arn:aws:dynamodb:x" }, filter: "[?(@.a)]" }
  flow: { type: AwsLambdaConversion, lambdaFunctionArn: "arn:aws:lambda:y" }
  sink: { type: SqsFifo, queueName: q }
  recovery: { type: Sometimes }
`);
    expect(entry).toMatchObject({ source: 'arn:aws:dynamodb:x', sink: 'SqsFifo q', draft: null, kept: null });
    expect(findings(entry, 'refused')).toContain('source.type: Spillway reads PostgresLogicalReplication; this entry is kept and not run');
    expect(findings(entry, 'refused')?.at(-1)).toBe('recovery.type: use None, Ignore or DeadLetter');
  });

  it.each([
    ['true', ['DeadLetter', 'DeadLetter', 'Ignore'], 'type-a-dead-letter-queue'],
    ['false', ['None', 'None', 'None'], null],
    ['null', ['None', 'DeadLetter', 'None'], null],
  ])('of a postgresql resource with enableRecovery %s recovers as its operator decides', (enabled, types, letters) => {
    const entries = entriesOf(CLUSTER.replace('ENABLE', enabled), { sources: [shop], targets: [] });
    expect(entries.map(({ draft }) => draft?.recovery.type)).toEqual(types);
    expect(entries.map(({ draft }) => draft?.applicationId)).toEqual(['test-app-bar', 'test-app-foobar', 'test-app-loose']);
    expect(entries.map(({ source }) => source)).toEqual(['data.bar', 'data.foobar', 'public.loose']);
    expect(entries[0]?.draft).toMatchObject({
      source: { database: 'shop', schema: 'data' },
      sink: { eventType: 'type-a', maxBatchSize: 100 },
    });
    expect(entries[0]?.findings.find(({ field }) => field === 'recovery.sink')?.value ?? null).toBe(letters && `Nakadi ${letters}`);
  });

  it('of Spillway’s own YAML is the spec itself', () => {
    const own = (operation: string) => `
applicationId: orders
eventStreams:
- source: { type: PostgresLogicalReplication, database: shop, table: { name: orders }, operations: [${operation}] }
  flow: { type: DebeziumEnvelope }
  sink: { type: EventLog, target: log }
  recovery: { type: None }
`;
    expect(entriesOf(own('insert'))[0]).toMatchObject({
      kept: null,
      findings: [],
      draft: { applicationId: 'orders', source: { snapshot: 'initial' } },
    });
    expect(findings(entriesOf(own('upsert'))[0], 'refused')?.[0]).toMatch(/^source.operations.0/);
  });
});

describe('a file', () => {
  it('may hold other documents, lists and several manifests', () => {
    const result = importManifests(
      `kind: Secret\nmetadata: {name: s}\n---\nkind: List\nitems:\n- ${JSON.stringify({ kind: 'FabricEventStream', spec: { applicationId: 'a', eventStreams: [7] } })}\n---${OUTBOX}`,
      NONE,
    );
    expect(result).toMatchObject({ ok: true, skipped: ['Secret s'] });
    expect(result.ok && result.entries.map(({ manifest, draft }) => [manifest, draft !== null])).toEqual([
      ['a', false],
      ['my-application', true],
    ]);
  });

  it.each([
    ['a password as a parameter', OUTBOX.replace('user=fes_user', 'user=u&password=geheim')],
    ['a password in front of the host', OUTBOX.replace('acid-shop', 'u:geheim@acid-shop')],
  ])('with %s is refused, and the words do not repeat it', (_, text) => {
    const result = importManifests(text, NONE);
    expect(result).toMatchObject({ ok: false, problems: [{ field: 'jdbcUrl', value: null }] });
    expect(JSON.stringify(result)).not.toContain('geheim');
  });

  it('without any stream is refused', () => {
    expect(importManifests('kind: Secret\nmetadata: {name: s}', NONE)).toMatchObject({ ok: false, problems: [{ value: 'Secret s' }] });
    expect(importManifests('just text', NONE).ok).toBe(false);
    expect(importManifests('', NONE).ok).toBe(false);
  });

  it('whose manifest is too large to be kept makes no drafts', () => {
    const large = `${OUTBOX}note: ${'x'.repeat(70_000)}\n`;
    expect(entriesOf(large)[0]).toMatchObject({ draft: null, findings: [{ kind: 'refused', field: 'document' }] });
  });
});
