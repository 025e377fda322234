import { expect, it } from 'vitest';
import { columnsDeletesLack } from './kafka-key-trouble';
import { EMPTY_FORM, type SpecForm } from './spec-form';

const column = (name: string) => ({ name, type: 'text', generated: false, toastable: false });
const table = { columns: ['id', 'tenant', 'region'].map(column), identityColumns: ['id'], replicaIdentity: 'default' as const };
const form = (sink: Partial<SpecForm['sink']>, operations = EMPTY_FORM.source.operations): SpecForm => ({
  ...EMPTY_FORM,
  source: { ...EMPTY_FORM.source, operations },
  sink: { ...EMPTY_FORM.sink, type: 'Kafka', ...sink },
});

it('names the columns of key and topic that deletes do not carry', () => {
  expect(columnsDeletesLack(form({}), table)).toEqual([]);
  expect(columnsDeletesLack(form({ kafkaKey: 'Columns', kafkaKeyColumns: 'id, tenant' }), table)).toEqual(['tenant']);
  expect(columnsDeletesLack(form({ kafkaKey: 'Tenant', kafkaTenant: 'tenant', topic: 'x.{column:region}' }), table)).toEqual([
    'tenant',
    'region',
  ]);
  const kafkaExpression = 'row.tenant + before["region"] + string(row.id) + after.tenant';
  expect(columnsDeletesLack(form({ kafkaKey: 'Expression', kafkaExpression }), table)).toEqual(['tenant', 'region']);
  expect(columnsDeletesLack(form({ kafkaKey: 'Tenant', kafkaTenant: 'tenant' }, ['insert']), table)).toEqual([]);
  expect(columnsDeletesLack(form({ kafkaKey: 'Tenant', kafkaTenant: 'tenant' }), { ...table, replicaIdentity: 'full' })).toEqual([]);
});
