import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS, type DebeziumEnvelopeSpec } from '@/core/spec/flow';
import { type Change, type Column, type ColumnValue, type PlainChange, type Relation, type Tuple, UNCHANGED } from '@/worker/source/source';
import { createDebeziumEnvelope } from './debezium-envelope';
import type { Flow, FlowContext } from './flow';

const CONTEXT: FlowContext = { logicalName: 'shop "é"', database: 'postgres', tombstones: true, spillwayVersion: '0.1.0' };

const TYPES = [
  ['int8', -1],
  ['text', -1],
  ['numeric', 655_366],
  ['timestamptz', 3],
  ['timestamp', -1],
  ['bool', -1],
  ['float8', -1],
  ['date', -1],
  ['bytea', -1],
  ['hstore', -1],
  ['_int4', -1],
] as const;
const column = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 8 }),
    type: fc.constantFrom(...TYPES),
    primaryKey: fc.boolean(),
    identity: fc.boolean(),
  })
  .map(({ name, type: [typeName, typeModifier], ...rest }): Column => ({ name, typeOid: 0, typeName, typeModifier, ...rest }));
const relation = fc
  .record({
    oid: fc.nat(),
    schema: fc.string(),
    table: fc.string(),
    replicaIdentity: fc.constantFrom('default', 'nothing', 'full', 'index'),
    columns: fc.array(column, { minLength: 1, maxLength: 6 }),
  })
  .map(
    (made): Relation =>
      made.replicaIdentity === 'full' ? { ...made, columns: made.columns.map((each) => ({ ...each, identity: true })) } : made,
  );
const value = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '1',
      '12.50',
      '-7',
      't',
      'f',
      '2016-11-04',
      '2016-11-04 13:51:30.5+00',
      '2016-11-04 13:51:30.123456',
      'a "b"\n',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant<typeof UNCHANGED>(UNCHANGED) },
);
const lsn = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 53n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const transaction = fc.record(
  {
    xid: fc.nat(),
    commitLsn: lsn,
    commitTimeUs: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
    previousCommitLsn: fc.option(lsn),
    origin: fc.string(),
  },
  { requiredKeys: ['xid', 'commitLsn', 'commitTimeUs', 'previousCommitLsn'] },
);
const change = relation.chain((made) => {
  const tuple = fc.array(value, { minLength: made.columns.length, maxLength: made.columns.length });
  return fc
    .record({
      op: fc.constantFrom('c', 'u', 'd', 'r'),
      row: tuple,
      other: tuple,
      sameRow: fc.boolean(),
      sent: fc.constantFrom('none', 'key', 'full'),
      lsn,
      transaction,
      seq: fc.nat(),
      snapshot: fc.constantFrom('first', 'true', 'last', 'incremental'),
    })
    .map(({ op, row, other, sameRow, sent, seq, snapshot, ...rest }): PlainChange => {
      const { commitLsn } = rest.transaction;
      if (op === 'r') {
        const position = {
          systemId: '7',
          commitLsn,
          seq,
          fromSnapshot: true,
          ...(snapshot === 'incremental' ? { readId: String(seq) } : {}),
        };
        const read = { before: null, beforeKind: 'none', after: row, lsn: 0n, transaction: null } as const;
        return { op, relation: made, snapshot, position, wireBytes: 1, ...read };
      }
      const beforeKind = op === 'c' ? 'none' : op === 'd' && sent === 'none' ? 'key' : sent;
      const was = sameRow ? row : other;
      const old = beforeKind === 'key' ? was.map((each, index) => (made.columns[index]?.identity ? each : null)) : was;
      const before = beforeKind === 'none' ? null : old;
      const position = { systemId: '7', commitLsn, seq, fromSnapshot: false };
      return { op, relation: made, before, beforeKind, after: op === 'd' ? null : row, position, wireBytes: 1, ...rest };
    });
});

/** A row as pgoutput sends it. */
function tupleData(tuple: Tuple): Buffer {
  const parts = tuple.map((each: ColumnValue) => {
    if (typeof each !== 'string') return Buffer.from(each === null ? 'n' : 'u');
    const text = Buffer.from(each);
    const head = Buffer.from('t0000');
    head.writeUInt32BE(text.length, 1);
    return Buffer.concat([head, text]);
  });
  const count = Buffer.alloc(2);
  count.writeUInt16BE(tuple.length);
  return Buffer.concat([count, ...parts]);
}

/** The same change with its rows as they came; reading a value of it is a fault. */
function onTheWire(plain: PlainChange): Change {
  const [before, after] = [plain.before, plain.after].map((tuple) => (tuple ? tupleData(tuple) : Buffer.alloc(0)));
  const bytes = Buffer.concat([Buffer.from('head'), before ?? Buffer.alloc(0), after ?? Buffer.alloc(0)]);
  const wire = { bytes, beforeAt: plain.before ? 4 : -1, afterAt: plain.after ? 4 + (before?.length ?? 0) : -1 };
  return { ...plain, wire };
}

/** The messages that a flow makes, payloads as text: equal bytes are told apart from unequal ones much faster so. */
function told(flow: Flow | undefined, made: Change, nowUs: bigint) {
  const result = flow?.transform(made, nowUs);
  return result?.kind === 'events'
    ? result.events.map((event) => ({ ...event, payload: event.payload?.toString('latin1') ?? null }))
    : result;
}

const spec = fc.record({ unchangedToast: fc.constantFrom('placeholder', 'omit', 'reselect'), transactionMetadata: fc.boolean() });

describe('the envelope from the wire', () => {
  it('has the same key, headers and bytes as the one made of values, for every kind of change', () => {
    let straight = 0;
    fc.assert(
      fc.property(spec, fc.boolean(), fc.array(change, { minLength: 1, maxLength: 4 }), (some, tombstones, changes) => {
        const made: DebeziumEnvelopeSpec = { ...DEBEZIUM_DEFAULTS, ...some };
        const [values, wire] = [0, 1].map(() => createDebeziumEnvelope(made, { ...CONTEXT, tombstones }));
        for (const [index, each] of changes.entries()) {
          const nowUs = BigInt(index) * 1_000n;
          const received = onTheWire(each);
          const read = { before: 0 };
          Object.defineProperty(received, 'before', {
            get: () => {
              read.before += 1;
              return each.before;
            },
          });
          expect(told(wire, received, nowUs)).toEqual(told(values, each, nowUs));
          if (read.before === 0) straight += 1;
        }
      }),
      { numRuns: 1_000 },
    );
    expect(straight).toBeGreaterThan(200);
  });
});
