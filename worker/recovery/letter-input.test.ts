import { expect, test } from 'vitest';
import { type PlainChange, UNCHANGED } from '@/worker/source/source';
import { forLetter, withoutLarge } from './letter-input';
import { oversizeRow } from './oversize';

const column = (name: string) => ({ name, typeOid: 25, typeModifier: -1, typeName: 'text', primaryKey: name === 'id', identity: true });
const relation = {
  oid: 1,
  schema: 'public',
  table: 't',
  replicaIdentity: 'full' as const,
  columns: [column('id'), column('a'), column('b')],
};
function change(after: PlainChange['after'], before: PlainChange['before'] = null): PlainChange {
  const position = { systemId: 's', commitLsn: 1n, seq: 0, fromSnapshot: false };
  return { op: 'u', relation, before, beforeKind: before ? 'full' : 'none', after, lsn: 1n, position, transaction: null, wireBytes: 99 };
}

test('a letter keeps a row of up to 4 MiB as it is', () => {
  const small = change(['1', 'x'.repeat(4_000_000), null]);
  expect(forLetter(small)).toBe(small);
  expect(oversizeRow(small)).toBeNull();
});

test('of a larger one it keeps the small values, and of each large one size and beginning', () => {
  const large = forLetter(change(['1', '😀'.repeat(2_200_000), 'kept'], ['1', 'y'.repeat(70_000), UNCHANGED]));
  expect(large.after).toEqual(['1', UNCHANGED, 'kept']);
  expect(large.before).toEqual(['1', UNCHANGED, UNCHANGED]);
  expect(large.wireBytes).toBeLessThan(100);
  expect(large.cut).toEqual([
    { side: 'before', column: 1, bytes: 70_000, preview: 'y'.repeat(2_048) },
    { side: 'after', column: 1, bytes: 8_800_000, preview: '😀'.repeat(1_024) },
  ]);
  expect(oversizeRow(large)).toMatchObject({ errorClass: 'oversize', message: expect.stringContaining('a has 8.8 MB') });
});

test('no half character and no NUL gets into a letter', () => {
  const odd = forLetter(change(['1', `x${'😀'.repeat(2_200_000)}`, null]));
  expect(odd.cut?.[0]?.preview).toBe(`x${'😀'.repeat(1_023)}`);
  const cut = [{ side: 'after' as const, column: 1, bytes: 9, preview: 'a\0b' }];
  expect(forLetter({ ...change(['1', UNCHANGED, null]), cut }).cut?.[0]?.preview).toBe('a\ufffdb');
  const nothing = change(['1', null, null]);
  expect(withoutLarge(nothing)).toBe(nothing);
});
