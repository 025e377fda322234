'use client';

import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import type { TargetFieldsProps } from './target-fields';
import { SECRET_WORDS } from './target-form';

/** The secret of a target: generated, typed, or kept as stored. What is stored is never shown. */
export function SecretField({ form, onChange, problems, stored }: TargetFieldsProps & { stored: boolean }) {
  const { label, hint } = SECRET_WORDS[form.type];
  const typed = (
    <Field
      label={label}
      hint={stored ? `A secret is stored; type a new one to change it. ${hint}` : hint}
      error={problemFor(problems, 'secret')}
    >
      <Input
        type="password"
        className="font-mono"
        autoComplete="new-password"
        placeholder={form.type === 'Http' ? 'whsec_…' : undefined}
        value={form.secret}
        onChange={(event) => onChange({ secret: event.target.value })}
      />
    </Field>
  );
  if (form.type !== 'Http') return typed;
  return (
    <div className="flex flex-col gap-4">
      <RadioGroup
        label={label}
        columns={2}
        value={form.generateSecret ? 'generate' : 'type'}
        onChange={(choice) => onChange({ generateSecret: choice === 'generate', secret: '' })}
        options={[
          {
            value: 'generate',
            label: stored ? 'Generate a new one' : 'Generate one',
            hint: stored
              ? 'Shown once after saving. The receiver has to know it before the next delivery.'
              : 'Shown once after registering, to give to the receiver.',
          },
          { value: 'type', label: stored ? 'Keep it, or type one' : 'Type one', hint: 'whsec_ and base64 of 24 to 64 bytes.' },
        ]}
      />
      {form.generateSecret ? null : typed}
    </div>
  );
}
