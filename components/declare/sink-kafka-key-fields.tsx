import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import type { StepProps } from './step-props';

/** What the record's key is, and which order follows from it. */
export function KafkaKeyFields({ state, dispatch, problems }: StepProps) {
  const { sink } = state.form;
  type Name = 'kafkaExpression' | 'kafkaKeyColumns' | 'kafkaSalt' | 'kafkaTenant' | 'kafkaShards';
  const line = (label: string, name: Name, field: string, hint: string) => (
    <Field label={label} hint={hint} error={problemFor(problems, field)}>
      <Input
        className={/(columns?|expression)$/.test(field) ? 'font-mono' : undefined}
        value={sink[name]}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => dispatch({ type: 'edit', section: 'sink', change: { [name]: event.target.value } })}
      />
    </Field>
  );
  const salt = line(
    'Salt',
    'kafkaSalt',
    'sink.key.salt',
    'Spreads a hot key over so many, 2 to 1024: hash of the primary key % N is added. Empty = none.',
  );
  return (
    <div className="flex flex-col gap-4">
      <RadioGroup
        label="Key"
        value={sink.kafkaKey}
        onChange={(kafkaKey) => dispatch({ type: 'edit', section: 'sink', change: { kafkaKey } })}
        options={[
          { value: 'PrimaryKey', label: 'Primary key', hint: 'Every change of a row is in order. The usual choice.' },
          {
            value: 'Columns',
            label: 'Chosen columns',
            hint: 'Rows with equal values are in order together, unless the key is salted: then only each row is. When a change moves a row to other values, the order of that row is not kept across the move.',
          },
          {
            value: 'Expression',
            label: 'Expression',
            hint: 'Rows for which it gives the same are in order together, unless the key is salted: then only each row is. When a change moves a row to another value, the order of that row is not kept across the move.',
          },
          {
            value: 'Tenant',
            label: 'Primary key, partitions by tenant',
            hint: 'Every change of a row is in order, and the rows of a tenant share a few neighbouring partitions.',
          },
        ]}
      />
      {sink.kafkaKey === 'Columns' ? (
        <div className="grid items-start gap-4 sm:grid-cols-2">
          {line(
            'Columns of the key',
            'kafkaKeyColumns',
            'sink.key.columns',
            'Separated by commas. Deletes carry them only if they are in the replica identity.',
          )}
          {salt}
        </div>
      ) : null}
      {sink.kafkaKey === 'Expression' ? (
        <div className="grid items-start gap-4 sm:grid-cols-2">
          {line(
            'Expression of the key',
            'kafkaExpression',
            'sink.key.expression',
            'CEL over op, before, after, row (the new row, or the deleted one) and source, such as row.region + "/" + row.tenant. Gives text, a number, true or false; an event for which it fails or gives null goes to recovery. Deletes have only the columns of the replica identity.',
          )}
          {salt}
        </div>
      ) : null}
      {sink.kafkaKey === 'Tenant' ? (
        <div className="grid items-start gap-4 sm:grid-cols-2">
          {line('Tenant column', 'kafkaTenant', 'sink.key.column', 'Deletes carry it only if it is in the replica identity.')}
          {line('Partitions of a tenant', 'kafkaShards', 'sink.key.shards', '1 = all rows of a tenant in one partition.')}
        </div>
      ) : null}
    </div>
  );
}
