'use client';

import type { ReactNode } from 'react';
import { problemFor } from '@/components/forms/problem-text';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Textarea } from '@/components/ui/textarea';
import type { FieldProblem } from '@/core/errors';
import { TLS_MODES } from '@/core/spec/source-database';
import type { SourceForm } from './source-form';
import { TLS_WORDS } from './tls-words';

interface SourceFieldsProps {
  readonly form: SourceForm;
  readonly onChange: (change: Partial<SourceForm>) => void;
  readonly problems: readonly FieldProblem[];
  /** A password is stored already and still fits. */
  readonly passwordStored: boolean;
  readonly caStored: boolean;
}

export function SourceFields({ form, onChange, problems, passwordStored, caStored }: SourceFieldsProps) {
  const text = (name: 'name' | 'host' | 'port' | 'database' | 'username' | 'slotLimit', label: string, hint?: ReactNode, mono = true) => (
    <Field label={label} hint={hint} error={problemFor(problems, name)}>
      <Input
        className={mono ? 'font-mono' : undefined}
        value={form[name]}
        autoComplete="off"
        spellCheck={false}
        inputMode={name === 'port' || name === 'slotLimit' ? 'numeric' : undefined}
        onChange={(event) => onChange({ [name]: event.target.value })}
      />
    </Field>
  );
  return (
    <>
      <Card title="Connection" description="The role needs REPLICATION, and SELECT on the tables that are to be streamed.">
        <div className="flex flex-col gap-4">
          {text('name', 'Name', 'Builders choose the source by it; it stands in specs.')}
          <div className="grid items-start gap-4 sm:grid-cols-[1fr_8rem]">
            {text('host', 'Host')}
            {text('port', 'Port')}
          </div>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            {text('database', 'Database')}
            {text('username', 'Role')}
          </div>
          <Field
            label="Password"
            hint={
              passwordStored
                ? 'A password is stored; type a new one to change it.'
                : 'Sealed to the worker’s key as you send it. The portal cannot read it back.'
            }
            error={problemFor(problems, 'password')}
          >
            <Input
              type="password"
              autoComplete="new-password"
              value={form.password}
              onChange={(event) => onChange({ password: event.target.value })}
            />
          </Field>
        </div>
      </Card>
      <Card title="Encryption">
        <div className="flex flex-col gap-4">
          <RadioGroup
            label="TLS"
            labelHidden
            value={form.tlsMode}
            onChange={(tlsMode) => onChange({ tlsMode })}
            options={TLS_MODES.map((mode) => ({ value: mode, ...TLS_WORDS[mode] }))}
          />
          {form.tlsMode === 'verify_full' ? (
            <Field
              label="CA certificate"
              optional
              hint={
                caStored
                  ? 'One is stored; paste another to replace it.'
                  : 'PEM. Needed when a private authority signed the server’s certificate.'
              }
              error={problemFor(problems, 'caCertificate')}
            >
              <Textarea
                className="font-mono text-xs"
                rows={4}
                spellCheck={false}
                placeholder="-----BEGIN CERTIFICATE-----"
                value={form.caCertificate}
                onChange={(event) => onChange({ caCertificate: event.target.value })}
              />
            </Field>
          ) : null}
        </div>
      </Card>
      <Card
        title="Failover"
        description="A stream follows its source to the standby that is promoted. Leave both empty for a server that stands alone."
      >
        <div className="flex flex-col gap-4">
          <Field
            label="Standby hosts"
            optional
            hint="One host:port a line, with the same role and password. Whichever host takes writes is read; whether a slot is safe is read on the others."
            error={problemFor(problems, 'standbys')}
          >
            <Textarea
              className="font-mono text-sm"
              rows={3}
              spellCheck={false}
              placeholder="db2.internal:5432"
              value={form.standbys}
              onChange={(event) => onChange({ standbys: event.target.value })}
            />
          </Field>
          <Field
            label="Patroni URL"
            optional
            hint="REST address of any member, such as http://db1.internal:8008. Patroni drops slots that it does not know, so they are made through it."
            error={problemFor(problems, 'patroniUrl')}
          >
            <Input
              className="font-mono"
              value={form.patroniUrl}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange({ patroniUrl: event.target.value })}
            />
          </Field>
        </div>
      </Card>
      <Card title="Limit">
        {text(
          'slotLimit',
          'Slots that Spillway may hold on this server',
          'Each stream needs one, and each makes the server decode all WAL of the database.',
          false,
        )}
      </Card>
    </>
  );
}
