import type { ReactNode } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';

interface ColumnFieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  /** Of the picked table; empty while none is known: then the name is typed. */
  readonly columns: readonly string[];
  /** Empty = none. */
  readonly value: string;
  /** What choosing no column means; absent = one has to be chosen. */
  readonly none?: string;
  readonly labelHidden?: boolean;
  readonly onChange: (name: string) => void;
}

/** One column of the table. A name that the table does not have stays and can be seen. */
export function ColumnField({ label, hint, error, columns, value, none, labelHidden, onChange }: ColumnFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} labelHidden={labelHidden ?? false}>
      {columns.length === 0 ? (
        <Input
          className="font-mono"
          placeholder={none}
          value={value}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value.trim())}
        />
      ) : (
        <Select className="font-mono" value={value} onChange={(event) => onChange(event.target.value)}>
          {none !== undefined || value === '' ? <option value="">{none ?? 'Choose a column'}</option> : null}
          {value === '' || columns.includes(value) ? null : <option value={value}>{value} (not in the table)</option>}
          {columns.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
      )}
    </Field>
  );
}
