import { problemFor } from '@/components/forms/problem-text';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { TableInfo } from '@/core/dto/inspection';
import { COLUMN_USES, type ColumnUse, useOf, withUse } from './filter-part-form';
import { ProblemLine } from './problem-line';
import type { StepProps } from './step-props';

const USES: Readonly<Record<ColumnUse, string>> = { exclude: 'Left out', mask: 'Masked', hash: 'Hashed' };

/** Columns left out, masked or hashed in the message. The preview beside the form shows the row before and the message after. */
export function TransformFields({ state, dispatch, problems, picked }: StepProps & { readonly picked: TableInfo | null }) {
  const { transform, source } = state.form;
  const edit = (change: Partial<typeof transform>) => dispatch({ type: 'edit', section: 'transform', change });
  const names = [...new Set([...(picked?.columns.map(({ name }) => name) ?? []), ...COLUMN_USES.flatMap((use) => transform[use])])];
  const key = new Set([...(picked?.primaryKey ?? []), ...(picked?.replicaIdentity === 'full' ? [] : (picked?.identityColumns ?? []))]);
  const hashedKey = transform.hash.some((name) => key.has(name));
  if (names.length === 0) return null;
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="text-sm font-medium">Columns in the message</legend>
      <p className="text-sm text-ink-muted">
        In the old row and the new one alike. A dead letter keeps the values so that it can be replayed; the portal does not show them. When
        a named column is renamed or dropped, events go to recovery instead of past the mask.
      </p>
      {transform.include.length > 0 ? (
        <p className="text-sm text-ink-muted">Only {transform.include.join(', ')} and the key are sent (set in the YAML).</p>
      ) : null}
      <div className="grid max-h-64 gap-x-4 gap-y-2 overflow-y-auto rounded-md border p-3 sm:grid-cols-2">
        {names.map((name) => (
          <div key={name} className="flex min-w-0 items-center justify-between gap-2">
            <span className="flex min-w-0 flex-wrap items-center gap-x-2 font-mono text-sm break-all">
              {name}
              {key.has(name) ? <Badge>key</Badge> : null}
            </span>
            <Select
              aria-label={`${name} in the message`}
              className="w-28 shrink-0"
              value={useOf(transform, name) ?? ''}
              onChange={(event) => edit(withUse(transform, name, COLUMN_USES.find((use) => use === event.target.value) ?? null))}
            >
              <option value="">As it is</option>
              {COLUMN_USES.filter((use) => use === 'hash' || !key.has(name) || useOf(transform, name) === use).map((use) => (
                <option key={use} value={use}>
                  {USES[use]}
                </option>
              ))}
            </Select>
          </div>
        ))}
      </div>
      {transform.mask.length > 0 ? (
        <Field label="Masked values become" error={problemFor(problems, 'transform.mask.text')}>
          <Input className="font-mono" value={transform.maskText} onChange={(event) => edit({ maskText: event.target.value })} />
        </Field>
      ) : null}
      {transform.hash.length > 0 ? (
        <Field
          label="Salt of the hashes"
          hint="SHA-256 of salt and value, as Debezium's column.mask.hash.v2: equal values stay equal. Whoever may read the stream sees the salt and could try values out; leave a column out where that matters."
          error={problemFor(problems, 'transform.hash.salt')}
        >
          <Input className="font-mono" spellCheck={false} value={transform.salt} onChange={(event) => edit({ salt: event.target.value })} />
        </Field>
      ) : null}
      {hashedKey ? (
        <Checkbox
          label="Hash columns of the key, too"
          hint="Events are then keyed by hashes: whoever reads by key has to know it, and tables made from events before do not match."
          checked={transform.hashKeys === true}
          onCheckedChange={(on) => edit({ hashKeys: on === true ? true : null })}
        />
      ) : null}
      {transform.exclude.length > 0 && source.columns === null && picked && picked.replicaIdentity !== 'full' ? (
        <div className="flex flex-wrap items-center gap-3 text-sm text-ink-muted">
          <span className="min-w-0 flex-1">
            The server can leave {transform.exclude.join(', ')} out for less. A filter cannot read them then.
          </span>
          <Button
            size="sm"
            onClick={() => {
              const sent = picked.columns.filter(({ name, generated }) => !generated && !transform.exclude.includes(name));
              dispatch({ type: 'columns', columns: sent.map(({ name }) => name) });
              edit({ exclude: [] });
            }}
          >
            Leave them out at the server
          </Button>
        </div>
      ) : null}
      <ProblemLine>
        {problems.find(({ field }) => /^transform(\.(exclude|include|mask\.columns|hash\.columns).*)?$/.test(field))?.remedy}
      </ProblemLine>
    </fieldset>
  );
}
