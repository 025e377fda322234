import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deltaFlow } from '@/core/spec/delta-flow';
import {
  BINARY_HANDLING_MODES,
  DECIMAL_HANDLING_MODES,
  flowSpec,
  HSTORE_HANDLING_MODES,
  INTERVAL_HANDLING_MODES,
  TIME_PRECISION_MODES,
  UNCHANGED_TOAST,
} from '@/core/spec/flow';
import { OP_INVALID_BEHAVIORS, OUTBOX_DEFAULTS, PLACEMENTS } from '@/core/spec/outbox-defaults';
import { outboxFlow } from '@/core/spec/outbox-flow';
import { KEY_ORDERS } from '@/core/spec/recovery';
import { sourceSpec } from '@/core/spec/source';
import {
  OFFSET_MISMATCH_STRATEGIES,
  OPERATIONS,
  ORIGINS,
  PARTITION_NAMES,
  SNAPSHOT_METHODS,
  SNAPSHOT_MODES,
} from '@/core/spec/source-choices';
import { streamSpec } from '@/core/spec/stream-spec';
import { parseStreamYaml, printStreamYaml } from '@/core/spec/stream-yaml';
import { FLOW_TYPES } from './flow-part-form';
import { checkForm } from './form-check';
import { readForm } from './read-form';
import { EMPTY_FORM, formOf, specOf, topicOf } from './spec-form';
import { reduce, startState } from './wizard-state';
import { yamlEdit, yamlText } from './wizard-yaml';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{1,12}$/);
const identifier = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0'));
const absent = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const oneOf = <const T extends string>(choices: readonly T[]) => fc.constantFrom<T>(...choices);

/** Every field that core/spec/source.ts has, in any order where order is free. */
const source = fc.record({
  type: fc.constant('PostgresLogicalReplication'),
  database: name,
  schema: identifier,
  table: fc.record({ name: identifier }),
  operations: fc.shuffledSubarray([...OPERATIONS], { minLength: 1 }),
  columns: absent(fc.array(identifier, { minLength: 1, maxLength: 3 })),
  rowFilter: absent(fc.stringMatching(/^[a-zA-Z0-9éß €:#|,]{0,20}$/).map((text) => `name <> '${text}' AND id > 0`)),
  partitions: absent(oneOf(PARTITION_NAMES)),
  generatedColumns: absent(fc.boolean()),
  origin: absent(oneOf(ORIGINS)),
  messagePrefixes: absent(fc.array(fc.string({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 3 })),
  snapshot: oneOf(SNAPSHOT_MODES),
  snapshotMethod: absent(oneOf(SNAPSHOT_METHODS)),
  snapshotMaxThreads: absent(fc.integer({ min: 1, max: 8 })),
  offsetMismatchStrategy: absent(oneOf(OFFSET_MISMATCH_STRATEGIES)),
});
const envelope = fc.record({
  type: fc.constant('DebeziumEnvelope'),
  decimalHandlingMode: oneOf(DECIMAL_HANDLING_MODES),
  timePrecisionMode: oneOf(TIME_PRECISION_MODES),
  intervalHandlingMode: oneOf(INTERVAL_HANDLING_MODES),
  binaryHandlingMode: oneOf(BINARY_HANDLING_MODES),
  hstoreHandlingMode: oneOf(HSTORE_HANDLING_MODES),
  unchangedToast: oneOf(UNCHANGED_TOAST),
  transactionMetadata: fc.boolean(),
});
const outbox = fc.record({
  type: fc.constant('Outbox'),
  routeByField: identifier,
  routeTopicRegex: fc.constantFrom('(?<routedByValue>.*)', '(.*)', '(?<routedByValue>[a-z]+)[.](.*)'),
  routeTopicReplacement: fc.constantFrom('$1', 'v1.$1', '\\$'),
  fieldEventId: identifier,
  fieldEventKey: identifier,
  fieldEventPayload: identifier,
  fieldEventTimestamp: absent(identifier),
  fieldsAdditionalPlacement: fc.uniqueArray(
    fc.record({ field: identifier, placement: oneOf(PLACEMENTS), alias: fc.stringMatching(/^x[a-zA-Z_-]{1,9}$/) }),
    { maxLength: 3, selector: ({ placement, alias }) => `${placement} ${alias}` },
  ),
  expandJsonPayload: fc.boolean(),
  routeTombstoneOnEmptyPayload: fc.boolean(),
  opInvalidBehavior: oneOf(OP_INVALID_BEHAVIORS),
});
const delta = fc.record({
  type: fc.constant('Delta'),
  aggregateIdField: absent(identifier),
  versionField: absent(identifier),
  eventTimeField: absent(identifier),
});
const nakadi = fc.record({ type: fc.constant('PostgresWalToGenericNakadiEvent'), payloadColumn: fc.option(identifier) });
const flow = fc.oneof(envelope, outbox, delta, nakadi);
const sink = fc.oneof(
  fc.record({
    type: fc.constant('Kafka'),
    target: name,
    topic: fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/),
    tombstones: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('Http'),
    target: name,
    path: absent(fc.constantFrom('/', '/events', '/a%20b/~c')),
    maxBatchSize: fc.integer({ min: 1, max: 1000 }),
  }),
  fc.record({ type: fc.constant('EventLog'), target: name }),
);
const maxAttempts = fc.integer({ min: 1, max: 20 });
const recovery = fc.oneof(
  fc.record({ type: fc.constant('None') }),
  fc.record({ type: fc.constant('Ignore'), maxAttempts }),
  fc.record({
    type: fc.constant('DeadLetter'),
    maxAttempts,
    keyOrder: oneOf(KEY_ORDERS),
    maxOpen: fc.integer({ min: 1, max: 1_000_000 }),
    maxOpenBytes: absent(fc.integer({ min: 2 ** 20, max: 2 ** 40 })),
    sink: absent(
      fc.oneof(
        fc.record({ type: fc.constant('SqsStandard'), target: name, queueName: fc.stringMatching(/^[A-Za-z0-9_-]{1,80}$/) }),
        fc.record({ type: fc.constant('Kafka'), target: name, topic: fc.stringMatching(/^[a-z][A-Za-z0-9._-]{0,40}$/) }),
        fc.record({ type: fc.constant('Nakadi'), target: name, eventType: fc.stringMatching(/^[a-z]{1,9}(\.[a-z]{1,9}){0,2}$/) }),
      ),
    ),
  }),
);
const columns = fc.uniqueArray(identifier, { minLength: 1, maxLength: 3 });
const condition = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => text.trim() === text);
const filter = fc
  .record({ changedColumns: absent(columns), cel: absent(condition), jsonPath: absent(condition) })
  .filter((parts) => Object.values(parts).some((part) => part !== undefined));
const salt = fc.string({ minLength: 8, maxLength: 20 });
const transform = fc.uniqueArray(identifier, { minLength: 3, maxLength: 6 }).chain(([left = '', masked = '', ...hashed]) =>
  fc.record({
    exclude: absent(fc.constant([left])),
    mask: fc.record({ columns: fc.constant([masked]), text: fc.string({ maxLength: 9 }) }),
    hash: absent(fc.record({ columns: fc.constant(hashed), salt, keys: absent(fc.boolean()) })),
  }),
);
const included = columns.map((include) => ({ include }));
const spec = fc
  .record({ applicationId: name, source, filter: absent(filter), transform: absent(fc.oneof(transform, included)), flow, sink, recovery })
  .map((typed) => streamSpec.parse(typed));

describe('form ⇄ spec', () => {
  it('the random sources have every field there is, so that a field added later is not forgotten here', () => {
    const [sample] = fc.sample(source, 1);
    expect(Object.keys(sample ?? {}).sort()).toEqual(Object.keys(sourceSpec.shape).sort());
  });

  it('specOf after formOf is the identity, from an empty form as from a filled one', () => {
    fc.assert(
      fc.property(spec, spec, (one, other) => {
        expect(streamSpec.parse(specOf(formOf(one)))).toEqual(one);
        expect(streamSpec.parse(specOf(formOf(one, formOf(other))))).toEqual(one);
      }),
      { numRuns: 100 },
    );
  });

  it('a spec typed as YAML, then kept in a draft, comes back whole', () => {
    fc.assert(
      fc.property(spec, (one) => {
        const text = printStreamYaml(one);
        expect(parseStreamYaml(text)).toEqual({ ok: true, spec: one });
        const state = reduce(startState('t'), yamlEdit(text));
        expect(checkForm(readForm(JSON.parse(JSON.stringify(state.form))))).toEqual({ ok: true, spec: one });
      }),
      { numRuns: 50 },
    );
  });

  it('editing one field of the form leaves all others as the YAML said', () => {
    fc.assert(
      fc.property(spec, envelope, (any, shape) => {
        const one = streamSpec.parse({ ...any, flow: shape });
        const typed = reduce(startState('t'), yamlEdit(printStreamYaml(one)));
        const edited = reduce(typed, { type: 'edit', section: 'flow', change: { unchangedToast: 'omit' } });
        expect(parseStreamYaml(yamlText(edited))).toEqual({ ok: true, spec: { ...one, flow: { ...one.flow, unchangedToast: 'omit' } } });
      }),
      { numRuns: 100 },
    );
  });
});

describe('flows of other types', () => {
  it('every flow that there is has its fields in the form', () => {
    expect([...FLOW_TYPES].sort()).toEqual(flowSpec.options.map((option) => option.shape.type.value).sort());
    expect(Object.keys(fc.sample(outbox, 1)[0] ?? {}).sort()).toEqual(Object.keys(outboxFlow.shape).sort());
    expect(Object.keys(fc.sample(delta, 1)[0] ?? {}).sort()).toEqual(Object.keys(deltaFlow.shape).sort());
  });

  it('an outbox goes to the topic that it routes to unless another is typed', () => {
    const form = { ...EMPTY_FORM, flow: OUTBOX_DEFAULTS, source: { ...EMPTY_FORM.source, table: 'order_events' } };
    expect(topicOf(form)).toBe('{routed}');
    expect(topicOf({ ...form, sink: { ...form.sink, topic: 'events' } })).toBe('events');
    const problems = checkForm({ ...form, flow: EMPTY_FORM.flow, sink: { ...form.sink, type: 'Kafka', target: 'bus', topic: '{routed}' } });
    expect(problems).toMatchObject({ problems: expect.arrayContaining([expect.objectContaining({ field: 'sink.topic' })]) });
  });

  it('a draft keeps what is typed, right or wrong', () => {
    const wrong = [
      { ...OUTBOX_DEFAULTS, routeTopicRegex: '(', fieldEventKey: '', fieldsAdditionalPlacement: [{ field: '', placement: 'envelope' }] },
      { type: 'Delta', versionField: '', eventTimeField: 'at' },
      { type: 'PostgresWalToGenericNakadiEvent', payloadColumn: '' },
    ];
    for (const flow of wrong) expect(readForm({ flow })).toEqual({ ...EMPTY_FORM, flow });
    for (const flow of [null, {}, { type: 'Other' }, { type: 'DebeziumEnvelope', decimalHandlingMode: 'x' }])
      expect(readForm({ flow })).toEqual(EMPTY_FORM);
  });
});

describe('the flow of a new stream', () => {
  it('starts with numbers that are readable without a schema, and the YAML says so', () => {
    expect(EMPTY_FORM.flow).toMatchObject({ type: 'DebeziumEnvelope', decimalHandlingMode: 'string', timePrecisionMode: 'adaptive' });
    expect(yamlText(startState('t'))).toContain('decimalHandlingMode: string');
  });

  it('a stream without a word about decimals keeps Debezium’s default when it is revised', () => {
    const plain = streamSpec.parse({
      applicationId: 'orders',
      source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: 'orders' } },
      flow: { type: 'DebeziumEnvelope' },
      sink: { type: 'EventLog', target: 'log' },
      recovery: { type: 'None' },
    });
    expect(specOf(formOf(plain)).flow).toMatchObject({ decimalHandlingMode: 'precise' });
  });
});
