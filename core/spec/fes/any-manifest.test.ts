import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamSpec } from '../stream-spec';
import { exportManifest, printManifest } from './export-manifest';
import { documentOf, imported, there, url } from './fixture';
import type { Json } from './json';
import { entriesIn } from './kept-manifest';

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
      { numRuns: 40 },
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
      { numRuns: 30 },
    );
  });
});
