import { describe, expect, it } from 'vitest';
import { readChange } from './change-view';
import { namedPaths, parseJson } from './json-paths';

describe('readChange', () => {
  it('pairs each column with its old and new value, and tells NULL, absent and unchanged apart', () => {
    const view = readChange({
      op: 'u',
      columns: [{ name: 'id', primaryKey: true, identity: true }, { name: 'note' }, { name: 'blob' }],
      before: ['1', 'old', null],
      after: ['1', null, { unchanged: true }],
    });
    expect(view?.columns).toMatchObject([
      { name: 'id', key: true, before: '1', after: '1', changed: false },
      { name: 'note', before: 'old', after: null, changed: true },
      { name: 'blob', before: null, after: undefined, unchanged: true, changed: false },
    ]);
  });

  it('shows how a large value begins that the letter does not hold, with its size', () => {
    const view = readChange({
      op: 'c',
      columns: [{ name: 'id', primaryKey: true }, { name: 'note' }],
      before: null,
      after: ['1', { unchanged: true }],
      cut: [{ side: 'after', column: 1, bytes: 100_000_000, preview: 'begins' }],
    });
    expect(view?.columns[1]).toMatchObject({ after: 'begins', unchanged: false, cutBytes: 100_000_000 });
    expect(view?.columns[0]?.cutBytes).toBeUndefined();
  });

  it('anything of another shape is left to the raw view', () => {
    for (const input of [null, [], 'text', { op: 'u' }, { op: 'u', columns: [] }]) expect(readChange(input)).toBeNull();
  });
});

describe('namedPaths', () => {
  const payload = parseJson('{"op":"c","before":null,"after":{"amount":-3,"lines":[{"sku":"x"}]}}');

  it('a dotted path or a pointer marks exactly that member', () => {
    expect([...namedPaths(payload, 'after.amount must be positive')]).toEqual(['after.amount']);
    expect([...namedPaths(payload, '422: /after/lines/0/sku is unknown')]).toEqual(['after.lines.0.sku']);
    expect([...namedPaths(payload, '$.after.lines[0].sku is unknown')]).toEqual(['after.lines.0.sku']);
  });

  it('a member name alone marks where it stands, and a message naming nothing marks nothing', () => {
    expect([...namedPaths(payload, 'field "amount" must be positive')]).toEqual(['after.amount']);
    expect(namedPaths(payload, 'HTTP 422').size).toBe(0);
    expect(namedPaths(undefined, 'amount').size).toBe(0);
  });
});

it('a payload keeps every digit of its integers, whatever stands in its texts', () => {
  const payload = parseJson(
    '{"a":9223372036854775807,"b":"x 9223372036854775807 \\" 1","c":[-1772368200250000001,12],"d":0.12345678901234567890}',
  );
  expect(payload).toEqual({
    a: 9223372036854775807n,
    b: 'x 9223372036854775807 " 1',
    c: [-1772368200250000001n, 12],
    d: 0.12345678901234568,
  });
  expect(parseJson('no json')).toBeUndefined();
});
