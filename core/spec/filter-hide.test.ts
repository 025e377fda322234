import { expect, it } from 'vitest';
import { HIDDEN_VALUE, hideColumns } from './filter-hide';

const input = {
  op: 'u',
  columns: [{ name: 'id', primaryKey: true }, { name: 'email', primaryKey: false }, { name: 'note' }],
  before: ['1', 'old@example.com', { unchanged: true }],
  after: ['1', 'new@example.com', null],
  cut: [{ side: 'after', column: 1, bytes: 9, preview: 'new@' }],
};

it('values that the stream does not send are not shown, by the revision of the letter or by the present one', () => {
  const mask = { mask: { columns: ['email'], text: '****' } };
  const shown = hideColumns(input, [undefined, mask]);
  expect(shown).toEqual({
    ...input,
    before: ['1', HIDDEN_VALUE, { unchanged: true }],
    after: ['1', HIDDEN_VALUE, null],
    cut: [{ side: 'after', column: 1, bytes: 9, preview: HIDDEN_VALUE }],
  });
  expect(hideColumns(input, [{ include: ['note'] }])).toMatchObject({ after: ['1', HIDDEN_VALUE, null] });
  expect(hideColumns(input, [{ hash: { columns: ['id'], salt: '12345678', keys: true } }])).toMatchObject({
    after: [HIDDEN_VALUE, 'new@example.com', null],
  });
});

it('without a transform it is shown as it is; a shape that is not known is not shown with one', () => {
  expect(hideColumns(input, [undefined])).toBe(input);
  expect(hideColumns({ after: ['x'] }, [{ exclude: ['a'] }])).toBeNull();
});
