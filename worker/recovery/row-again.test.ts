import { expect, test } from 'vitest';
import { type PlainChange, type Relation, UNCHANGED } from '@/worker/source/source';
import type { RowKey, RowNow } from './recovery';
import { rowAgain } from './row-again';

const column = (name: string, primaryKey = false) => ({
  name,
  typeOid: 25,
  typeModifier: -1,
  typeName: 'text',
  primaryKey,
  identity: primaryKey,
});
const relation: Relation = { oid: 1, schema: 's', table: 't', replicaIdentity: 'default', columns: [column('id', true), column('note')] };
const position = { systemId: 's', commitLsn: 7n, seq: 3, fromSnapshot: false };
const cutChange: PlainChange = {
  op: 'c',
  relation,
  before: null,
  beforeKind: 'none',
  after: ['1', UNCHANGED],
  lsn: 1n,
  position,
  transaction: null,
  wireBytes: 1,
  cut: [{ side: 'after', column: 1, bytes: 9, preview: 'x' }],
};
const asked: RowKey[] = [];
const finds = (now: RowNow) => async (_table: unknown, key: RowKey) => {
  asked.push(key);
  return now;
};

test('the row as it is now stands under the position of the letter, in the shape of the table now', async () => {
  const now = { ...relation, columns: [column('id', true), column('extra'), column('note')] };
  const again = await rowAgain(cutChange, finds({ kind: 'row', relation: now, tuple: ['1', 'e', 'whole'] }));
  expect(again).toMatchObject({ kind: 'change', change: { op: 'c', relation: now, after: ['1', 'e', 'whole'], position } });
  expect(again.kind === 'change' && again.change.cut).toBeUndefined();
  expect([...(asked.at(-1) ?? [])]).toEqual([['id', '1']]);
});

test('a row that is gone, still too large, without a key or behind an error says so and never rejects', async () => {
  expect(await rowAgain(cutChange, finds({ kind: 'gone' }))).toEqual({ kind: 'gone' });
  const refused = (words: string) => ({ kind: 'error', error: { errorClass: 'oversize', message: expect.stringContaining(words) } });
  expect(await rowAgain(cutChange, finds({ kind: 'too_large', bytes: 100_000_000 }))).toEqual(refused('it has 100.0 MB now, too'));
  const keyless = { ...cutChange, relation: { ...relation, replicaIdentity: 'full' as const, columns: [column('id'), column('note')] } };
  expect(await rowAgain(keyless, finds({ kind: 'gone' }))).toEqual(refused('no key'));
  expect(await rowAgain(cutChange, () => Promise.reject(new Error('no right to read')))).toEqual(refused('no right to read'));
});

test('a deleted row is sent with what is known of it, and nothing is read', async () => {
  const { length } = asked;
  const deleted: PlainChange = { ...cutChange, op: 'd', before: ['1', UNCHANGED], beforeKind: 'full', after: null };
  expect(await rowAgain(deleted, finds({ kind: 'gone' }))).toMatchObject({ kind: 'change', change: { op: 'd', before: ['1', UNCHANGED] } });
  expect(asked).toHaveLength(length);
});
