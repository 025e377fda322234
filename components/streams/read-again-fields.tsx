import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { RadioGroup } from '@/components/ui/radio-group';
import { Textarea } from '@/components/ui/textarea';
import type { FieldProblem } from '@/core/errors';
import type { SnapshotScope } from '@/core/spec/snapshot-scope';

/** What is typed to have rows read again. */
export interface ReadAgainTyped {
  readonly kind: SnapshotScope['kind'];
  readonly from: string;
  readonly to: string;
  readonly condition: string;
  readonly reason: string;
}
interface ReadAgainFieldsProps {
  readonly rowFilter: string | undefined;
  readonly typed: ReadAgainTyped;
  readonly onEdit: (change: Partial<ReadAgainTyped>) => void;
  readonly problems: readonly FieldProblem[];
}

/** Which rows, and why. */
export default function ReadAgainFields({ rowFilter, typed, onEdit, problems }: ReadAgainFieldsProps) {
  return (
    <>
      <RadioGroup
        label="Which rows"
        value={typed.kind}
        onChange={(kind) => onEdit({ kind })}
        options={[
          {
            value: 'table',
            label: 'The whole table',
            hint: rowFilter ? 'Every row that meets the row filter of the spec.' : 'Every row.',
          },
          { value: 'range', label: 'A range of the key', hint: 'From a first to a last key, both included.' },
          {
            value: 'condition',
            label: 'A condition',
            hint: 'Rows for which a SQL condition holds; the row filter of the spec applies too.',
          },
        ]}
      />
      {typed.kind === 'range' ? (
        <div className="grid gap-3 sm:grid-cols-2">
          <KeyField
            label="First key"
            empty="Empty: from the beginning."
            value={typed.from}
            onChange={(from) => onEdit({ from })}
            error={problemFor(problems, 'scope.from')}
          />
          <KeyField
            label="Last key"
            empty="Empty: to the end."
            value={typed.to}
            onChange={(to) => onEdit({ to })}
            error={problemFor(problems, 'scope.to')}
          />
        </div>
      ) : null}
      {typed.kind === 'condition' ? (
        <Field
          label="Condition"
          hint="As after WHERE: columns, constants and built-in functions, no subquery. The server checks it first."
          error={problemFor(problems, 'scope.condition')}
        >
          <Textarea
            className="font-mono"
            rows={3}
            maxLength={2000}
            spellCheck={false}
            placeholder="placed_at >= '2026-11-01' AND state = 'open'"
            value={typed.condition}
            onChange={(event) => onEdit({ condition: event.target.value })}
          />
        </Field>
      ) : null}
      <Field label="Reason" hint="The timeline and the audit trail show it." error={problemFor(problems, 'reason')}>
        <Textarea rows={2} maxLength={2000} value={typed.reason} onChange={(event) => onEdit({ reason: event.target.value })} />
      </Field>
    </>
  );
}

interface KeyFieldProps {
  readonly label: string;
  readonly empty: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}

function KeyField({ label, empty, value, onChange, error }: KeyFieldProps) {
  return (
    <Field label={label} hint={`${empty} A key of several columns: a value a line.`} error={error}>
      <Textarea className="font-mono" rows={2} spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}
