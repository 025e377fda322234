import { expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow-defaults';
import { OUTBOX_DEFAULTS } from '@/core/spec/outbox-defaults';
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
  expect(shapeWords({ type: 'PostgresWalToGenericNakadiEvent', payloadColumn: 'payload' })).toBe('Nakadi event in payload');
  expect(shapeWords(OUTBOX_DEFAULTS)).toBe("Outbox, Debezium's defaults");
  const fieldsAdditionalPlacement = [{ field: 'type', placement: 'header' } as const];
  expect(shapeWords({ ...OUTBOX_DEFAULTS, fieldEventPayload: 'body', expandJsonPayload: true, fieldsAdditionalPlacement })).toBe(
    'Outbox, payload body, JSON expanded, type in the header',
  );
  expect(shapeWords({ type: 'Delta', versionField: 'version' })).toBe('Delta by primary key, version version, time of the commit');
});
