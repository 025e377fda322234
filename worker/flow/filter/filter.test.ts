import { describe, expect, it } from 'vitest';
import { UNCHANGED } from '@/worker/source/source';
import { createFilter } from './filter';
import { FULL, ORDERS, order, orderChange, update } from './fixture';

const cel = (text: string) => createFilter({ cel: text });
const jsonPath = (text: string) => createFilter({ jsonPath: text });
const LEFT_OUT = expect.stringMatching(/^(cel is false|jsonPath does not match): /);

describe('changedColumns', () => {
  it('passes an update of a named column or of the key, and leaves out any other', async () => {
    const filter = await createFilter({ changedColumns: ['status', 'note'] });
    expect(filter(update(order({ status: 'new' }), order()))).toBeNull();
    expect(filter(update(order({ id: '8' }), order()))).toBeNull();
    expect(filter(update(order({ amount: '1' }), order()))).toBe('none of status, note changed');
    expect(filter(update(order({ note: null }), order()))).toBeNull();
  });

  it('an unchanged large value did not change, though its old value was sent', async () => {
    const filter = await createFilter({ changedColumns: ['note'] });
    expect(filter(update(order({ note: 'long' }), order({ note: UNCHANGED })))).not.toBeNull();
  });

  it('without the old row only columns of the identity can be told; any other passes', async () => {
    const filter = await createFilter({ changedColumns: ['status'] });
    const bare = orderChange({ op: 'u' });
    expect(filter(bare)).toBeNull();
    const key = await createFilter({ changedColumns: ['id'] });
    expect(key(bare)).not.toBeNull();
    expect(key(orderChange({ op: 'u', before: order({ id: '8', status: null }), beforeKind: 'key' }))).toBeNull();
  });

  it('is asked of updates alone, and fails on a column that the table does not have', async () => {
    const filter = await createFilter({ changedColumns: ['gone'] });
    expect(filter(orderChange())).toBeNull();
    expect(() => filter(orderChange({ op: 'u' }))).toThrow('shop.orders has no column "gone", which filter.changedColumns names');
  });
});

describe('cel', () => {
  it.each([
    ['after.id > 5', true],
    ['after.ref == 9007199254740993', true],
    ['after.ref == 9007199254740992', false],
    ['double(after.amount) > 12.4', true],
    ['after.amount == "12.50"', true],
    ['after.paid && op == "c"', true],
    ['row.status in ["paid", "sent"]', true],
    ['before == null && source.table == "orders" && source.txId > 500 && source.lsn > 123456', true],
    ['timestamp(after.at) > timestamp("2026-03-01T12:30:00Z")', true],
    ['after.status.matches("^p.*d$")', true],
    ['[1, 7].exists(n, n == after.id)', true],
    ['source.ts_ms == 1772368200000', true],
    ['has(after.nothing)', false],
  ])('%s is %s', async (text, passes) => {
    expect((await cel(text))(orderChange())).toEqual(passes ? null : LEFT_OUT);
  });

  it('sees the old row, NULL, and a deleted row as row', async () => {
    expect((await cel('before.status != after.status'))(update(order({ status: 'new' }), order()))).toBeNull();
    expect((await cel('after.note == null'))(orderChange({ after: order({ note: null }) }))).toBeNull();
    expect((await cel('row.id == 7'))(orderChange({ op: 'd', before: order(), beforeKind: 'key', after: null }))).toBeNull();
  });

  it.each([
    ['after.status > 5', "filter.cel failed: found no matching overload for '_>_' applied to '(string, int)' (at character 14)"],
    ['int(after.status) > 5', 'filter.cel failed: a conversion or a function failed on a value'],
    ['double(after.status) > 5.0', 'filter.cel failed: a conversion or a function failed on a value'],
    ['before.status == "x"', '"status" is asked of a row that is not there: an insert has no before'],
    ['after.status', 'neither true nor false'],
    ['after.ref + 9223372036854775807 > 0', 'int overflow'],
  ])('%s is poison, and says nothing of the row', async (text, message) => {
    const filter = await cel(text);
    const failure = () => filter(orderChange());
    expect(failure).toThrow(message);
    expect(failure).not.toThrow('paid');
  });

  it('an old value that the table did not send is no reason to leave an event out', async () => {
    const filter = await cel('before.status == "new"');
    expect(() => filter(orderChange({ op: 'u' }))).toThrow('"status": the value was not sent: use REPLICA IDENTITY FULL');
    const deleted = orderChange({ op: 'd', before: order(), beforeKind: 'key', after: null });
    expect(() => filter(deleted)).toThrow('"status" is not there: a delete has no after, and its old row has the key alone');
  });

  it('a pattern that takes others forever takes no time', async () => {
    const filter = await cel('after.note.matches("^(a+)+$")');
    const began = performance.now();
    expect(filter(orderChange({ after: order({ note: `${'a'.repeat(50_000)}b` }) }))).toEqual(LEFT_OUT);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('jsonPath', () => {
  const record = orderChange();
  it.each([
    ['[?(@.source.txId > 500 && @.source.lsn > 123456)]', true],
    ['$[?(@.source.txId > 500 && @.source.lsn > 123456)]', true],
    ['[?(@.source.txId > 571 && @.source.lsn > 123456)]', false],
    ["[?(@.after.status == 'paid' && @.after.amount > 12)]", true],
    ['[?(@.before == null)]', true],
    ["[?(@['after']['paid'] == true && length(@.after.status) == 4)]", true],
  ])('%s is %s', async (text, passes) => {
    expect((await jsonPath(text))(record)).toEqual(passes ? null : LEFT_OUT);
  });

  it('a column that the table does not have is poison, not a reason to leave every event out', async () => {
    for (const path of ['[?(@.after.stauts == "paid")]', "[?(!(length(@['before']['stauts']) > 1) || @.op == 'c')]"]) {
      const filter = await jsonPath(path);
      expect(() => filter(record)).toThrow('filter.jsonPath failed: shop.orders has no column "stauts"');
    }
  });

  it('compares the old row with the new one', async () => {
    const filter = await jsonPath('[?(@.before.status != @.after.status)]');
    expect(filter(update(order({ status: 'new' }), order()))).toBeNull();
    expect(filter(update(order({ amount: '1' }), order()))).toEqual(LEFT_OUT);
    expect(filter(orderChange())).toBeNull();
    expect(() => filter(orderChange({ op: 'u' }))).toThrow('filter.jsonPath failed: "status": the old value was not sent');
  });

  it('a value that was not sent, or that no JSON number holds, throws where it is asked for and only there', async () => {
    const large = orderChange({ op: 'u', after: order({ note: UNCHANGED }) });
    expect(() => (jsonPathOf ?? (() => null))(large)).toThrow('out of line');
    expect((await jsonPath('[?(@.after.id == 7)]'))(large)).toBeNull();
    expect(() => refOf?.(orderChange())).toThrow('"ref" is beyond what JSON numbers hold exactly; use cel');
  });
});
const jsonPathOf = await jsonPath("[?(@.after.note == 'a')]");
const refOf = await jsonPath('[?(@.after.ref > 1)]');

it('conditions are joined, and only changes of rows are asked', async () => {
  const filter = await createFilter({ changedColumns: ['status'], cel: 'after.id > 5', jsonPath: '[?(@.after.id > 6)]' });
  expect(filter(update(order({ status: 'new' }), order()))).toBeNull();
  expect(filter(update(order({ status: 'new', id: '6' }), order({ id: '6' })))).toContain('jsonPath does not match');
  expect(filter({ ...update(order({ status: 'new' }), order({ id: '5' })), relation: FULL })).toContain('cel is false');
  expect(filter(orderChange({ op: 't', after: null, relation: ORDERS }))).toBeNull();
  expect(filter(orderChange({ op: 'm', after: null }))).toBeNull();
});
