import { describe, expect, it } from 'vitest';
import { filterShape } from './row-filter';

describe('the text of a row filter', () => {
  it.each([
    'total > 10',
    "status = 'it''s; -- not a comment'",
    '("Order Id" % 2 = 0) and not (archived)',
    "total::numeric(10,2) between 1 and 2 and kind in ('a', 'b')",
    "tags @> array['x'] and note is distinct from ')'",
    'coalesce(a, 0) > 1',
  ])('takes %s', (text) => expect(filterShape(text)).toEqual({ trouble: null, calls: [] }));

  it.each([
    ['true) or (true', 'closes a )'],
    ['(true', 'lacks a closing )'],
    ['a[1) = 1', 'closes a )'],
    ['true; drop table t', 'semicolon'],
    ['true -- )', 'comment'],
    ['true /* x */', 'comment'],
    ["a = 'x", "closing '"],
    ['"a = 1', 'closing "'],
    ["a = E'\\'' ", "E'…'"],
    ["a = '\\' or true --'", 'backslash'],
    ["a = U&'x'", "E'…'"],
    ['a = $$x$$', '$'],
    ['a in (select 1)', 'subquery'],
    ['a in (VALUES (1))', 'subquery'],
    ['exists (table t)', 'subquery'],
  ])('refuses %s', (text, words) => expect(filterShape(text).trouble).toContain(words));

  it('names what is called', () => {
    expect(filterShape('lower (name) = \'x\' and public."My Fn"(a) and pg_catalog.Abs(b) > 1 and a in (1)').calls).toEqual([
      'lower',
      'public.My Fn',
      'pg_catalog.abs',
    ]);
  });
});
