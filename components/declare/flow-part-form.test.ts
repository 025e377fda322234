import { expect, it } from 'vitest';
import { flowOfType } from './flow-part-form';

it('offers the change of the row to Nakadi where the table has no payload column, and never a column that is not there', () => {
  const guessed = (...names: string[]) =>
    flowOfType(
      'PostgresWalToGenericNakadiEvent',
      names.map((name) => ({ name, type: 'jsonb' })),
    );
  expect(guessed('id', 'payload')).toMatchObject({ payloadColumn: 'payload' });
  expect(guessed('id', 'total')).toMatchObject({ payloadColumn: null });
  expect(guessed()).toMatchObject({ payloadColumn: 'payload' });
});
