import { Plus, X } from 'lucide-react';
import { problemFor } from '@/components/forms/problem-text';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { FieldProblem } from '@/core/errors';
import { PLACEMENTS } from '@/core/spec/outbox-defaults';
import type { AdditionalField } from '@/core/spec/outbox-flow';
import { ColumnField } from './column-field';

interface OutboxExtrasProps {
  readonly fields: readonly AdditionalField[];
  readonly columns: readonly string[];
  readonly problems: readonly FieldProblem[];
  readonly onChange: (change: { fieldsAdditionalPlacement: AdditionalField[] }) => void;
}

/** Columns that go beside the payload: table.fields.additional.placement, an item a line. */
export function OutboxExtras({ fields, columns, problems, onChange }: OutboxExtrasProps) {
  const put = (fieldsAdditionalPlacement: AdditionalField[]) => onChange({ fieldsAdditionalPlacement });
  const edit = (index: number, change: Partial<AdditionalField>) =>
    put(fields.map((field, at) => (at === index ? { ...field, ...change } : field)));
  // Lines have no identity but their place: two may even be equal while they are typed.
  const lines = fields.map((field, index) => ({ line: `line ${index + 1}`, field, index }));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="text-sm font-medium">Columns beside the payload</legend>
      <p className="text-sm text-ink-muted">In headers, or in the envelope: then the message is {'{"payload": …, "name": …}'}.</p>
      {lines.map(({ line, field, index }) => {
        const problem = (name: string) => problemFor(problems, `flow.fieldsAdditionalPlacement.${index}.${name}`);
        return (
          <div key={line} className="grid grid-cols-[1fr_auto] items-start gap-2 sm:grid-cols-[1fr_auto_1fr_auto]">
            <ColumnField
              label={`Column ${index + 1}`}
              labelHidden
              columns={columns}
              value={field.field}
              error={problem('field')}
              onChange={(name) => edit(index, { field: name })}
            />
            <Field label={`Place of column ${index + 1}`} labelHidden>
              <Select
                value={field.placement}
                onChange={(event) => edit(index, { placement: PLACEMENTS.find((each) => each === event.target.value) ?? 'header' })}
              >
                {PLACEMENTS.map((placement) => (
                  <option key={placement}>{placement}</option>
                ))}
              </Select>
            </Field>
            <Field label={`Name of column ${index + 1} in the message`} labelHidden error={problem('alias')}>
              <Input
                className="font-mono"
                placeholder={field.field}
                value={field.alias ?? ''}
                spellCheck={false}
                autoComplete="off"
                onChange={(event) => edit(index, { alias: event.target.value.trim() || undefined })}
              />
            </Field>
            <Button size="icon" variant="ghost" aria-label={`Remove column ${index + 1}`} onClick={() => put(fields.toSpliced(index, 1))}>
              <X aria-hidden />
            </Button>
          </div>
        );
      })}
      <Button size="sm" className="self-start" onClick={() => put([...fields, { field: '', placement: 'header' }])}>
        <Plus aria-hidden /> Add a column
      </Button>
    </fieldset>
  );
}
