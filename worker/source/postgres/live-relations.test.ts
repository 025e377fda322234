import { describe, expect, it } from 'vitest';
import type { SourceItem } from '@/worker/source/source';
import { BEGIN, bytes, xlogData } from './golden-frames';
import { StreamReader } from './stream-reader';

const COLUMNS = 12;
const PARTITIONS = 10_000;

function announced(oid: number, marked = 'id'): Buffer {
  const relation = bytes().tag('R').u32(oid).string('public').string(`orders_${oid}`).tag('d').u16(COLUMNS);
  for (let column = 0; column < COLUMNS; column++) {
    relation
      .u8(column === 0 ? 1 : 0)
      .string(column === 0 ? marked : `column_${column}`)
      .u32(25)
      .i32(-1);
  }
  return xlogData(relation.done());
}
function inserted(oid: number): Buffer {
  const insert = bytes().tag('I').u32(oid).tag('N').u16(COLUMNS);
  for (let column = 0; column < COLUMNS; column++) insert.text('1');
  return xlogData(insert.done());
}
function reading() {
  const items: SourceItem[] = [];
  const reader = new StreamReader(
    '42',
    () => Promise.reject(new Error('no lookup was expected')),
    (item) => items.push(item),
  );
  const take = (frame: Buffer) => reader.take(frame, () => undefined);
  take(xlogData(BEGIN));
  const relationOf = (frame: Buffer) => {
    take(frame);
    const item = items.splice(0).at(-1);
    if (item?.kind !== 'change') throw new Error('no change came');
    return item.change.relation;
  };
  return { take, relationOf };
}

describe('10,000 relations', () => {
  it('share their columns, and a change carries the right one however long ago it was announced', () => {
    const { take, relationOf } = reading();
    for (let oid = 1; oid <= PARTITIONS; oid++) take(announced(oid));
    const first = relationOf(inserted(1));
    expect(relationOf(inserted(1))).toBe(first);
    for (let oid = 2; oid <= PARTITIONS; oid++) {
      const relation = relationOf(inserted(oid));
      expect(relation.table).toBe(`orders_${oid}`);
      expect(relation.columns).toBe(first.columns);
    }
    const again = relationOf(inserted(1));
    expect(again, 'the object was let go, and what hung on it').not.toBe(first);
    expect(again).toEqual(first);
  });

  it('a changed shape holds from its announcement on', () => {
    const { take, relationOf } = reading();
    take(announced(1));
    const before = relationOf(inserted(1));
    take(announced(1, 'renamed'));
    expect(relationOf(inserted(1)).columns[0]?.name).toBe('renamed');
    expect(before.columns[0]?.name).toBe('id');
  });
});
