import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type SourceItem, UNCHANGED } from '@/worker/source/source';
import { POSTGRES_EPOCH_US } from './framing';
import * as golden from './golden-frames';
import { decodePgoutput } from './pgoutput-decoder';
import type { CatalogFacts } from './relation-cache';
import { StreamReader } from './stream-reader';

const { bytes, xlogData, keepalive } = golden;
const nothing = () => Promise.reject(new Error('no lookup was expected'));

function read(frames: Buffer[], lookUp: (oid: number, types: readonly number[]) => Promise<CatalogFacts> = nothing) {
  const items: SourceItem[] = [];
  const changes: unknown[] = [];
  const reader = new StreamReader('42', lookUp, (item) => items.push(item));
  for (const frame of frames) reader.take(frame, (change) => changes.push(change));
  return { items, reader, changes };
}
const kinds = (items: SourceItem[]) => items.map((item) => (item.kind === 'change' ? item.change.op : item.kind));
const custom = (identity: string) =>
  bytes()
    .tag('R')
    .u32(7)
    .string('public')
    .string('t')
    .tag(identity)
    .u16(2)
    .u8(1)
    .string('id')
    .u32(23)
    .i32(-1)
    .u8(1)
    .string('mood')
    .u32(16_500)
    .i32(-1)
    .done();

describe('StreamReader', () => {
  it('numbers every published row of a transaction, truncates too, and starts anew with the next', () => {
    const { BEGIN, RELATION, INSERT, TRUNCATE, DELETE, COMMIT } = golden;
    const { items } = read([BEGIN, RELATION, INSERT, TRUNCATE, DELETE, COMMIT, BEGIN, INSERT, COMMIT].map((message) => xlogData(message)));
    expect(kinds(items)).toEqual(['begin', 'relation', 'c', 't', 'd', 'commit', 'begin', 'c', 'commit']);
    const positions = items.flatMap((item) => (item.kind === 'change' ? [item.change.position] : []));
    expect(positions.map((position) => position.seq)).toEqual([0, 1, 2, 0]);
    expect(positions[0]).toEqual({ systemId: '42', commitLsn: 0x200n, seq: 0, fromSnapshot: false });
  });
  it('hands on messages in stream order, in a transaction and between two, without giving them a number', () => {
    const { BEGIN, RELATION, INSERT, MESSAGE, COMMIT } = golden;
    const loose = bytes().tag('M').u8(0).u64(0x210n).string('other').u32(0).done();
    const { items } = read([BEGIN, RELATION, MESSAGE, INSERT, COMMIT, loose].map((message) => xlogData(message)));
    expect(kinds(items)).toEqual(['begin', 'relation', 'message', 'c', 'commit', 'message']);
    const messages = items.flatMap((item) => (item.kind === 'message' ? [item.message] : []));
    expect(messages).toEqual([
      {
        transaction: expect.objectContaining({ commitLsn: 0x200n }),
        systemId: '42',
        prefix: 'prefix',
        content: Buffer.from([1, 2, 3]),
        lsn: 9n,
      },
      { transaction: null, systemId: '42', prefix: 'other', content: Buffer.alloc(0), lsn: 0x210n },
    ]);
    expect(items[3]?.kind === 'change' && items[3].change.position.seq).toBe(0);
  });
  it('tells how long after its commit the latest row was sent, by the clock of the server', () => {
    const { BEGIN, RELATION, INSERT, COMMIT } = golden;
    const { reader } = read([BEGIN, RELATION, INSERT, COMMIT, BEGIN].map((message) => xlogData(message)));
    const committed = decodePgoutput(BEGIN);
    if (committed.kind !== 'begin') throw new Error('no BEGIN');
    const late = Buffer.from(xlogData(INSERT));
    late.writeBigInt64BE(committed.commitTimeUs - POSTGRES_EPOCH_US + 2_500_000n, 17);
    reader.take(late, () => undefined);
    expect(reader.behindMs).toBe(2_500);
  });
  it('fills unchanged values from a full old row, and leaves them marked otherwise', () => {
    const { BEGIN, RELATION, UPDATE, UPDATE_FULL } = golden;
    const { items } = read([BEGIN, RELATION, UPDATE, UPDATE_FULL].map((message) => xlogData(message)));
    const after = items.flatMap((item) => (item.kind === 'change' ? [item.change.after] : []));
    expect(after).toEqual([
      ['1', UNCHANGED],
      ['1', 'big'],
    ]);
  });
  it('refuses what is out of place: a change before its relation, outside a transaction, of another width, BEGIN twice', () => {
    const wide = bytes().tag('I').u32(4_294_967_290).tag('N').u16(3).text('1').text('2').text('3').done();
    const { BEGIN, RELATION, INSERT, COMMIT, MESSAGE } = golden;
    for (const [last, ...before] of [[INSERT, BEGIN], [INSERT, RELATION], [COMMIT], [BEGIN, BEGIN], [wide, RELATION, BEGIN], [MESSAGE]]) {
      const { reader } = read(before.map((message) => xlogData(message as Buffer)));
      expect(() => reader.take(xlogData(last as Buffer), () => undefined)).toThrow(expect.objectContaining({ kind: 'protocol_error' }));
    }
  });
  it('holds everything back in order while the catalog is asked', async () => {
    let answer: (facts: CatalogFacts) => void = () => undefined;
    const asked: unknown[] = [];
    const insert = bytes().tag('I').u32(7).tag('N').u16(2).text('1').text('ok').done();
    const frames = [golden.BEGIN, custom('f'), insert, golden.COMMIT].map((message) => xlogData(message));
    const { items, reader, changes } = read([...frames, keepalive(0x300n, false)], (oid, types) => {
      asked.push([oid, types]);
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    expect(kinds(items)).toEqual(['begin']);
    expect(reader.waiting).toBe(true);
    answer({ primaryKey: ['id'], types: new Map([[16_500, { name: 'mood', typeModifier: -1 }]]) });
    await sleep(1);
    expect(asked).toEqual([[7, [16_500]]]);
    expect(kinds(items)).toEqual(['begin', 'relation', 'c', 'commit', 'keepalive']);
    expect(changes).toEqual(['waiting', 'going_on']);
    const relation = items[1]?.kind === 'relation' ? items[1].relation : null;
    expect(relation?.columns.map((column) => [column.typeName, column.primaryKey])).toEqual([
      ['int4', true],
      ['mood', false],
    ]);
  });
  it('keeps the last key of a table that is gone when the lookup comes', async () => {
    const answers = [['id'], null];
    const lookUp = async () => ({ primaryKey: answers.shift() ?? null, types: new Map([[16_500, { name: 'mood', typeModifier: -1 }]]) });
    const { items } = read(
      [golden.BEGIN, custom('f'), custom('f')].map((message) => xlogData(message)),
      lookUp,
    );
    await sleep(1);
    const keys = items.flatMap((item) => (item.kind === 'relation' ? [item.relation.columns.map((column) => column.primaryKey)] : []));
    expect(keys).toEqual([
      [true, false],
      [true, false],
    ]);
  });
  it('hands on the error of a lookup and nothing after it', async () => {
    const { items, changes } = read(
      [golden.BEGIN, custom('f'), golden.COMMIT].map((message) => xlogData(message)),
      nothing,
    );
    await sleep(1);
    expect(kinds(items)).toEqual(['begin']);
    expect(changes).toEqual(['waiting', expect.any(Error)]);
  });
});
