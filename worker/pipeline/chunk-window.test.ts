import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chunk } from '@/worker/source/postgres/chunk-reader';
import { parseSnapshot } from '@/worker/source/postgres/visible-set';
import { type Change, type Op, type Relation, type Tuple, UNCHANGED } from '@/worker/source/source';
import { ChunkWindow } from './chunk-window';

const column = (name: string, primaryKey: boolean) => ({
  name,
  typeOid: 25,
  typeModifier: -1,
  typeName: 'text',
  primaryKey,
  identity: primaryKey,
});
const relation: Relation = {
  oid: 1,
  schema: 'public',
  table: 't',
  replicaIdentity: 'default',
  columns: [column('id', true), column('v', false), column('big', false)],
};

function change(op: Op, after: Tuple | null, before: Tuple | null = null, of = relation): Change {
  return {
    op,
    relation: of,
    before,
    beforeKind: before ? 'key' : 'none',
    after,
    lsn: 1n,
    position: { systemId: '1', commitLsn: 1n, seq: 0, fromSnapshot: false },
    transaction: null,
    wireBytes: 1,
  };
}
const chunk = (rows: Tuple[], snapshot: string, of = relation): Chunk => ({
  relation: of,
  key: ['id'],
  behind: 'nothing',
  bytes: 1,
  rows: rows.map((tuple) => ({ tuple })),
  cursor: null,
  last: true,
  visible: parseSnapshot(snapshot),
  place: (tuple) => ({ relation: of, tuple }),
});
/** What stands of the rows. */
const judged = (window: ChunkWindow, of: Chunk) => window.judge(of)?.map(({ tuple }) => tuple) ?? null;
function transaction(window: ChunkWindow, xid: number, ...changes: Change[]): void {
  window.begin(xid);
  for (const one of changes) window.change(one);
  window.commit();
}
const rows: Tuple[] = [
  ['1', 'a', 'big1'],
  ['2', 'b', 'big2'],
  ['3', 'c', 'big3'],
];
/** Everything below 100 is visible. */
const ALL = '100:100:';

describe('ChunkWindow', () => {
  it('drops rows that were changed or deleted between the marks, under their old and their new key', () => {
    const window = new ChunkWindow(['id']);
    transaction(window, 5, change('u', ['3', 'earlier and visible', 'x']));
    window.openAt();
    transaction(window, 6, change('u', ['1', 'newer', 'x']));
    transaction(window, 7, change('d', null, ['2', null, null]));
    expect(judged(window, chunk(rows, ALL))).toEqual([rows[2]]);
    window.openAt();
    transaction(window, 8, change('u', ['9', 'moved', 'x'], ['3', null, null]));
    expect(judged(window, chunk(rows, ALL))).toEqual([rows[0], rows[1]]);
  });
  it('drops rows changed by a transaction that came before the low mark and that the snapshot did not show yet', () => {
    const window = new ChunkWindow(['id']);
    transaction(window, 50, change('u', ['1', 'newer', 'x']));
    transaction(window, 51, change('u', ['2', 'visible', 'x']));
    window.openAt();
    expect(judged(window, chunk(rows, '50:60:50,55'))).toEqual([rows[1], rows[2]]);
    // Still invisible for the next chunk; visible for the one after.
    window.openAt();
    expect(judged(window, chunk(rows, '50:70:50'))).toEqual([rows[1], rows[2]]);
    window.openAt();
    expect(judged(window, chunk(rows, '70:70:'))).toEqual(rows);
  });
  it('brings the large values that an update left out, with what the update said', () => {
    const window = new ChunkWindow(['id']);
    window.openAt();
    transaction(window, 5, change('u', ['1', 'newer', UNCHANGED]), change('u', ['1', 'newest', UNCHANGED]));
    transaction(window, 6, change('u', ['2', 'told', 'whole']), change('u', ['2', 'again', UNCHANGED]));
    expect(judged(window, chunk(rows, '5:7:5,6'))).toEqual([['1', 'newest', 'big1'], rows[2]]);
  });
  it('keeps nothing of a chunk that was truncated', () => {
    const window = new ChunkWindow(['id']);
    window.openAt();
    transaction(window, 5, change('t', null));
    expect(judged(window, chunk(rows, ALL))).toEqual([]);
  });
  it('asks for the chunk again when it cannot tell: too many keys, a key column that is gone, no low mark', () => {
    const few = new ChunkWindow(['id'], [], { keys: 2, transactions: 10 });
    few.openAt();
    transaction(few, 5, ...['10', '11', '12'].map((id) => change('c', [id, 'x', 'y'])));
    expect(judged(few, chunk(rows, ALL))).toBeNull();
    few.openAt();
    expect(judged(few, chunk(rows, ALL))).toEqual(rows);
    const short = new ChunkWindow(['id'], [], { keys: 100, transactions: 2 });
    short.openAt();
    for (let xid = 5; xid < 9; xid++) transaction(short, xid, change('c', [String(xid), 'x', 'y']));
    expect(judged(short, chunk(rows, ALL))).toBeNull();
    const renamed = new ChunkWindow(['id']);
    renamed.openAt();
    transaction(
      renamed,
      5,
      change('u', ['1', 'x', 'y'], null, { ...relation, columns: [column('ident', true), ...relation.columns.slice(1)] }),
    );
    expect(judged(renamed, chunk(rows, ALL))).toBeNull();
    expect(judged(new ChunkWindow(['id']), chunk(rows, ALL))).toBeNull();
  });
  it('never lets a stale row stand and never drops one that the stream did not tell, whatever the interleaving', () => {
    // Transactions in commit order, each writes one key; the snapshot shows some of them, the marks stand anywhere around it.
    const step = fc.record({ key: fc.integer({ min: 1, max: 4 }), shown: fc.boolean(), omits: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(12), fc.nat(12), (steps, a, b) => {
        const low = Math.min(a, b, steps.length);
        const high = Math.min(Math.max(a, b), steps.length);
        // What came after the high mark is never shown; what a shown one of the same key built on is shown too.
        const shows = steps.map(({ shown }, at) => at < high && shown);
        for (const [at, { key }] of steps.entries()) {
          if (steps.some((later, place) => place > at && later.key === key && shows[place])) shows[at] = true;
        }
        const told = new Map<number, { version: number; big: string | null }>();
        const stored = new Map([1, 2, 3, 4].map((key) => [key, { version: 0, big: `b${key}.0` }]));
        const seen = new Map([...stored].map(([key, row]) => [key, { ...row }]));
        const window = new ChunkWindow(['id']);
        for (let at = 0; at <= high; at++) {
          if (at === low) window.openAt();
          const now = steps[at];
          if (!now || at === high) break;
          const row = stored.get(now.key) as { version: number; big: string };
          row.version = at + 1;
          if (!now.omits) row.big = `b${now.key}.${at + 1}`;
          if (shows[at]) seen.set(now.key, { ...row });
          transaction(window, 1000 + at, change('u', [String(now.key), String(row.version), now.omits ? UNCHANGED : row.big]));
          told.set(now.key, { version: row.version, big: now.omits ? (told.get(now.key)?.big ?? null) : row.big });
        }
        const running = shows.flatMap((shown, at) => (shown ? [] : [1000 + at]));
        const read = chunk(
          [...seen].map(([key, row]) => [String(key), String(row.version), row.big]),
          `1000:2000:${running.join(',')}`,
        );
        for (const [id, version, big] of judged(window, read) ?? []) {
          const before = told.get(Number(id));
          expect(Number(version)).toBeGreaterThanOrEqual(before?.version ?? 0);
          told.set(Number(id), { version: Number(version), big: String(big) });
        }
        for (const [key, row] of stored) expect(told.get(key)).toEqual(row);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parseSnapshot', () => {
  it('shows what ended before it, by the lower half of 64-bit ids, also around their wrap', () => {
    const set = parseSnapshot('4294967290:4294967300:4294967295,4294967298');
    expect([4294967289, 4294967291, 4294967295, 1, 2, 3, 4, 5].map((xid) => set.shows(xid))).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
      false,
      false,
    ]);
    expect(() => parseSnapshot('nonsense')).toThrow(/snapshot/);
  });
});
