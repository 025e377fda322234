import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Relation, type SourceItem, UNCHANGED } from '@/worker/source/source';
import * as golden from './golden-frames';
import { decodePgoutput } from './pgoutput-decoder';
import { StreamReader } from './stream-reader';
import { fillUnchanged, findRows, isRow, type RowPlaces, relationOf, StreamedChange } from './streamed-change';

const { bytes, xlogData } = golden;
const RELATION: Relation = { oid: 1, schema: 's', table: 't', replicaIdentity: 'full', columns: [] };
const TRANSACTION = { xid: 1, commitLsn: 2n, commitTimeUs: 3n, previousCommitLsn: null };

/** Rows as the change gives them when it is asked; null when the message is left to the decoder. */
function straight(message: Buffer, columns: number) {
  const frame = golden.xlogData(message, 9n);
  const framed = Buffer.concat([Buffer.from('before'), frame, Buffer.from('behind')]);
  const [start, end] = ['before'.length, 'before'.length + frame.length];
  const at = end - message.length;
  const places: RowPlaces = { beforeKind: 'none', beforeAt: -1, afterAt: -1 };
  if (!isRow(framed, at, end) || !findRows(framed, at, end, columns, places)) return null;
  const made = new StreamedChange(places, framed, start, end, RELATION, TRANSACTION, '7', 0);
  const { op, beforeKind, before, after } = made;
  expect([made.lsn, made.wireBytes]).toEqual([9n, frame.length]);
  return { op, relationOid: relationOf(framed, at), beforeKind, before, after };
}

/** The same, decoded at once. */
function decoded(message: Buffer) {
  const made = decodePgoutput(message);
  if (made.kind !== 'insert' && made.kind !== 'update' && made.kind !== 'delete') return null;
  const old = made.kind === 'insert' ? null : made.before;
  const after = made.kind === 'delete' ? null : made.after;
  return {
    op: made.kind === 'insert' ? 'c' : made.kind === 'update' ? 'u' : 'd',
    relationOid: made.relationOid,
    beforeKind: old?.kind ?? 'none',
    before: old?.tuple ?? null,
    after: after && old?.kind === 'full' ? fillUnchanged(after, old.tuple) : after,
  };
}

const COLUMNS = 3;
const value = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(null), fc.constant<typeof UNCHANGED>(UNCHANGED));
const tuple = fc.array(value, { minLength: COLUMNS, maxLength: COLUMNS }).map((values) => {
  const made = bytes().u16(values.length);
  for (const each of values) typeof each === 'string' ? made.text(each) : made.tag(each === null ? 'n' : 'u');
  return made.done();
});
const message = fc
  .record({ tag: fc.constantFrom('I', 'U', 'D'), oid: fc.nat(), old: fc.constantFrom('', 'K', 'O'), row: tuple, was: tuple })
  .map(({ tag, oid, old, row, was }) => {
    const made = bytes().tag(tag).u32(oid);
    if (tag === 'D')
      return made
        .tag(old || 'K')
        .raw(was)
        .done();
    if (tag === 'U' && old) made.tag(old).raw(was);
    return made.tag('N').raw(row).done();
  });
const damage = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.nat({ max: 3 }) });

describe('a change from the stream', () => {
  it('has the rows that the decoder reads', () => {
    fc.assert(
      fc.property(message, (made) => {
        expect(straight(made, COLUMNS)).toEqual(decoded(made));
      }),
      { numRuns: 1_000 },
    );
  });
  it('is never made of a message that the decoder refuses, nor one that has other columns', () => {
    fc.assert(
      fc.property(message, damage, (made, { at, byte, cut }) => {
        const damaged = Buffer.from(made.subarray(0, made.length - cut));
        damaged[at % damaged.length] = byte;
        const found = straight(damaged, COLUMNS);
        if (found) expect(found).toEqual(decoded(damaged));
        expect(straight(made, COLUMNS + 1)).toBeNull();
      }),
      { numRuns: 3_000 },
    );
  });
  it('carries its place, its LSN over the change of its upper half, and keeps its rows out of copies', () => {
    const items: SourceItem[] = [];
    const reader = new StreamReader(
      '42',
      () => Promise.reject(new Error('no lookup was expected')),
      (item) => items.push(item),
    );
    const { BEGIN, RELATION: ANNOUNCED, INSERT, UPDATE_KEY } = golden;
    for (const [made, lsn] of [
      [BEGIN, 0n],
      [ANNOUNCED, 0n],
      [INSERT, 0xffff_ffffn],
      [UPDATE_KEY, 0x1_0000_0000n],
      [INSERT, 0xffff_ffff_ffff_ffffn],
    ] as const)
      reader.take(xlogData(made, lsn), () => undefined);
    const changes = items.flatMap((item) => (item.kind === 'change' ? [item.change] : []));
    expect(changes.map(({ lsn, position }) => [lsn, position.seq])).toEqual([
      [0xffff_ffffn, 0],
      [0x1_0000_0000n, 1],
      [0xffff_ffff_ffff_ffffn, 2],
    ]);
    expect(changes.every(({ wire }) => wire !== undefined)).toBe(true);
    expect(changes.every((change) => !('wire' in { ...change }))).toBe(true);
  });
});
