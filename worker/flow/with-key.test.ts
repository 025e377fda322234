import { expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { type Change, UNCHANGED } from '@/worker/source/source';
import { FULL, ORDERS, order, orderChange, update } from './filter/fixture';
import { stagedFlow } from './filter/staged-flow';
import { createFlow } from './registry';
import { withKey } from './with-key';

const envelope = createFlow(DEBEZIUM_DEFAULTS, { logicalName: 'shop', database: 'd', tombstones: true, spillwayVersion: '1' });
/** `op:keyText` of each event, `t` for a tombstone. */
async function keysOf(expression: string, change: Change): Promise<string[]> {
  const result = (await withKey(envelope, expression)).transform(change, 0n);
  return result.kind === 'events' ? result.events.map(({ op, payload, keyText }) => `${payload === null ? 't' : op}:${keyText}`) : [];
}
/** What a delete carries of its row under the default replica identity. */
const keyOnly = order().map((value, index) => (ORDERS.columns[index]?.identity ? value : null));
const deletion = orderChange({ op: 'd', after: null, before: keyOnly, beforeKind: 'key' });
const fullDeletion = orderChange({ op: 'd', relation: FULL, after: null, before: order({ status: 'old' }), beforeKind: 'full' });

it.each([
  ['row.status + "/" + string(row.id)', 'paid/7'],
  ['row.ref', '9007199254740993'],
  ['double(row.amount) * 2.0', '25'],
  ['row.paid', 'true'],
  ['uint(row.id)', '7'],
  ['row.status == "" ? null : op', 'c'],
])('a key by %s is %s', async (expression, key) => {
  expect(await keysOf(expression, orderChange())).toEqual([`c:${key}`]);
});

it.each([
  ['row.note', 'sink.key.expression failed: the expression is null on this event'],
  ['row', 'the expression is no text, number, true or false on this event'],
  ['row.nosuch', 'field not found: nosuch (at character 4)'],
  ['int(row.status)', 'a conversion or a function failed on a value'],
])('%s on a row that gives no key is the trouble of that event: %s', async (expression, words) => {
  await expect(keysOf(expression, orderChange({ after: order({ note: null }) }))).rejects.toThrow(words);
});

it('a delete and its tombstone have the key of the old row, and none where the replica identity does not carry the value', async () => {
  expect(await keysOf('row.status', fullDeletion)).toEqual(['d:old', 't:old']);
  expect(await keysOf('op == "d" ? before.id : after.id', deletion)).toEqual(['d:7', 't:7']);
  await expect(keysOf('row.status', deletion)).rejects.toThrow('its old row has the key alone (REPLICA IDENTITY FULL sends it whole)');
});

it('of a changed primary key the events of the old row have its key, the created row its own', async () => {
  const moved = update(order({ id: '6', status: 'new' }), order());
  expect(await keysOf('row.status', moved)).toEqual(['d:new', 't:new', 'c:paid']);
  const bare = orderChange({ op: 'u', before: keyOnly.with(0, '6'), beforeKind: 'key' });
  expect(await keysOf('row.id', bare)).toEqual(['d:6', 't:6', 'c:7']);
  // The new row's value may not stand in for the old one.
  await expect(keysOf('row.status', bare)).rejects.toThrow('"status": the value was not sent: use REPLICA IDENTITY FULL');
});

it('a value that was not sent again is the old row’s where that is whole, and else none', async () => {
  expect(await keysOf('row.note', update(order({ note: 'long' }), order({ note: UNCHANGED })))).toEqual(['u:long']);
  const bare = orderChange({ op: 'u', after: order({ note: UNCHANGED }) });
  await expect(keysOf('row.note', bare)).rejects.toThrow('"note": the value was not sent');
});

it('sees columns as they may be sent, and leaves events about no row alone', async () => {
  const flow = await stagedFlow(await withKey(envelope, 'row.status'), { transform: { mask: { columns: ['status'], text: '****' } } });
  expect(flow.transform(orderChange(), 0n)).toMatchObject({ events: [{ keyText: '****' }] });
  expect(await keysOf('row.status', orderChange({ op: 't', after: null }))).toEqual(['t:undefined']);
});

it('is the flow itself without an expression, and refuses one that does not compile', async () => {
  expect(await withKey(envelope, undefined)).toBe(envelope);
  await expect(withKey(envelope, 'row.')).rejects.toThrow(expect.objectContaining({ kind: 'invalid_input' }));
});
