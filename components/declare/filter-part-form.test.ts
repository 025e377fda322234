import { expect, it } from 'vitest';
import { EMPTY_FILTER_PART, EMPTY_TRANSFORM_PART, filterOf, filterWords, transformOf, useOf, withUse } from './filter-part-form';

it('what is not asked is not in the spec', () => {
  expect(filterOf({ ...EMPTY_FILTER_PART, cel: '  ' })).toEqual({});
  expect(transformOf({ ...EMPTY_TRANSFORM_PART, maskText: 'x', salt: 'typed before' })).toEqual({});
});

it('a column has one use at a time', () => {
  const masked = { ...EMPTY_TRANSFORM_PART, ...withUse({ ...EMPTY_TRANSFORM_PART, hash: ['a', 'b'] }, 'a', 'mask') };
  expect(transformOf(masked).transform).toEqual({ mask: { columns: ['a'], text: '****' }, hash: { columns: ['b'], salt: '' } });
  expect([useOf(masked, 'a'), useOf(masked, 'b'), useOf(masked, 'c')]).toEqual(['mask', 'hash', null]);
});

it('says in words what is chosen', () => {
  const filter = { changedColumns: ['status'], cel: 'row.id > 5', jsonPath: '' };
  const words = filterWords(filter, { ...EMPTY_TRANSFORM_PART, exclude: ['a', 'b'], mask: ['c'] });
  expect(words).toBe('only updates of status; events where row.id > 5; 2 columns left out; 1 column masked');
  expect(filterWords(EMPTY_FILTER_PART, EMPTY_TRANSFORM_PART)).toBe('');
});
