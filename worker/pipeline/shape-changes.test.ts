import { expect, it } from 'vitest';
import type { Column, Relation } from '@/worker/source/source';
import { shapeChanges } from './shape-changes';

const column = (name: string, over: Partial<Column> = {}): Column => ({
  name,
  typeOid: 25,
  typeModifier: -1,
  typeName: 'text',
  primaryKey: name === 'id',
  identity: name === 'id',
  ...over,
});
const table = (columns: Column[], over: Partial<Relation> = {}): Relation => ({
  oid: 1,
  schema: 'public',
  table: 'orders',
  replicaIdentity: 'default',
  columns,
  ...over,
});
const plain = table([column('id'), column('note')]);

it.each<[string, Relation, string[]]>([
  ['the same shape sent again', table([column('id'), column('note')]), []],
  ['added', table([column('id'), column('note'), column('price', { typeName: 'numeric' })]), ['column price added (numeric)']],
  ['dropped', table([column('id')]), ['column note dropped']],
  ['renamed', table([column('id'), column('remark')]), ['column note renamed to remark']],
  [
    'dropped and another added',
    table([column('id'), column('n', { typeOid: 23, typeName: 'int4' })]),
    ['column note dropped', 'column n added (int4)'],
  ],
  ['retyped', table([column('id'), column('note', { typeOid: 23, typeName: 'int4' })]), ['column note changed its type from text to int4']],
  ['shortened', table([column('id'), column('note', { typeModifier: 14 })]), ['column note changed the length or precision of its type']],
  ['identity', { ...plain, replicaIdentity: 'full' }, ['replica identity changed from default to full']],
  ['table renamed', { ...plain, table: 'sales' }, ['renamed from public.orders to public.sales']],
  ['key', table([column('id', { primaryKey: false }), column('note')]), ['column id left the primary key']],
])('tells what changed: %s', (_, after, changes) => {
  expect(shapeChanges(plain, after)).toEqual(changes);
});
