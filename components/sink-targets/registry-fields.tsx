import { problemFor } from '@/components/forms/problem-text';
import { Disclosure } from '@/components/ui/disclosure';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import type { TargetFieldsProps } from './target-fields';
import type { TargetForm } from './target-form';

/** The schema registry beside the brokers: only streams of formats such as Avro need one. */
export function RegistryFields({ form, onChange, problems }: TargetFieldsProps) {
  const chosen = form.registryUrl.trim();
  return (
    <Disclosure title="Schema registry" chosen={chosen || 'none: streams send JSON'} open={chosen !== ''}>
      <div className="flex flex-col gap-4">
        <Field
          label="Registry URL"
          optional
          hint="Up to where /subjects begins, as in https://registry:8081 or https://apicurio/apis/ccompat/v7."
          error={problemFor(problems, 'config.registry.url')}
        >
          <Input
            className="font-mono"
            placeholder="https://registry:8081"
            autoComplete="off"
            spellCheck={false}
            value={form.registryUrl}
            onChange={(event) => onChange({ registryUrl: event.target.value })}
          />
        </Field>
        {chosen ? <SignIn form={form} onChange={onChange} problems={problems} /> : null}
      </div>
    </Disclosure>
  );
}

function SignIn({ form, onChange, problems }: TargetFieldsProps) {
  const { registryAuth: auth } = form;
  return (
    <>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label="Sign-in">
          <Select value={auth} onChange={(event) => onChange({ registryAuth: event.target.value as TargetForm['registryAuth'] })}>
            <option value="none">No sign-in</option>
            <option value="basic">User and password</option>
            <option value="token">Bearer token</option>
          </Select>
        </Field>
        {auth === 'basic' ? (
          <Field label="Registry user" error={problemFor(problems, 'config.registry.auth.username')}>
            <Input
              className="font-mono"
              autoComplete="off"
              spellCheck={false}
              value={form.registryUser}
              onChange={(event) => onChange({ registryUser: event.target.value })}
            />
          </Field>
        ) : null}
      </div>
      {auth === 'none' ? null : (
        <Field
          label={auth === 'basic' ? 'Registry password' : 'Registry token'}
          hint="Sealed together with the SASL secret and the private key: a new one of them needs all typed."
          error={problemFor(problems, 'config.registry.secret')}
        >
          <Input
            type="password"
            className="font-mono"
            autoComplete="new-password"
            value={form.registrySecret}
            onChange={(event) => onChange({ registrySecret: event.target.value })}
          />
        </Field>
      )}
      <Switch
        label="Private addresses"
        hint="The registry may be in a private network or on the worker’s machine."
        checked={form.registryPrivate}
        onCheckedChange={(registryPrivate) => onChange({ registryPrivate })}
      />
    </>
  );
}
