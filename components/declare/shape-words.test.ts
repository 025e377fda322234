import { expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { shapeWords } from './shape-words';
import { EMPTY_FORM } from './spec-form';
import { reduce, startState } from './wizard-state';

it('a shape is said by what is not as Debezium has it', () => {
  expect(shapeWords(DEBEZIUM_DEFAULTS)).toBe("Debezium envelope, Debezium's defaults");
  expect(shapeWords(EMPTY_FORM.flow)).toBe('Debezium envelope, decimals string');
  const edited = reduce(startState('t'), {
    type: 'edit',
    section: 'flow',
    change: { timePrecisionMode: 'isostring', unchangedToast: 'omit', transactionMetadata: true },
  });
  expect(shapeWords(edited.form.flow)).toBe(
    'Debezium envelope, decimals string, times isostring, unchanged large values omit, transaction metadata',
  );
  expect(shapeWords({ type: 'PostgresWalToGenericNakadiEvent', payloadColumn: 'payload' })).toBe('PostgresWalToGenericNakadiEvent');
});
