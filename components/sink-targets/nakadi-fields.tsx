import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Switch } from '@/components/ui/switch';
import type { TargetFieldsProps } from './target-fields';
import type { TargetForm } from './target-form';

export function NakadiFields({ form, onChange, problems }: TargetFieldsProps) {
  const text = (key: 'url' | 'tokenUrl' | 'clientId' | 'scope' | 'timeoutMs', placeholder = '') => (
    <Input
      className="font-mono"
      placeholder={placeholder}
      spellCheck={false}
      autoComplete="off"
      inputMode={key === 'timeoutMs' ? 'numeric' : undefined}
      value={form[key]}
      onChange={(event) => onChange({ [key]: event.target.value } as Partial<TargetForm>)}
    />
  );
  return (
    <>
      <Field label="URL" hint="Of the event bus itself, without /event-types." error={problemFor(problems, 'config.url')}>
        {text('url', 'https://nakadi.example.com')}
      </Field>
      <Field
        label="Timeout"
        hint="Milliseconds until an unanswered request counts as failed. 100 to 60000."
        error={problemFor(problems, 'config.timeoutMs')}
      >
        {text('timeoutMs')}
      </Field>
      <RadioGroup
        label="Sign-in"
        columns={2}
        value={form.nakadiAuth}
        onChange={(nakadiAuth) => onChange({ nakadiAuth })}
        options={[
          {
            value: 'clientCredentials',
            label: 'Client credentials',
            hint: 'The worker asks a token server, and again before a token ends.',
          },
          { value: 'token', label: 'A token', hint: 'Used until Nakadi refuses it; then an admin types the next one.' },
        ]}
      />
      {form.nakadiAuth === 'clientCredentials' ? (
        <>
          <Field label="Token URL" error={problemFor(problems, 'config.auth.tokenUrl')}>
            {text('tokenUrl', 'https://login.example.com/oauth2/token')}
          </Field>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <Field label="Client id" error={problemFor(problems, 'config.auth.clientId')}>
              {text('clientId')}
            </Field>
            <Field label="Scope" optional error={problemFor(problems, 'config.auth.scope')}>
              {text('scope', 'nakadi.event_stream.write')}
            </Field>
          </div>
        </>
      ) : null}
      <Switch
        label="Allow private and loopback addresses"
        hint="For the bus and the token server. Off, a stream cannot be used to reach machines inside your network."
        checked={form.allowPrivateNetwork}
        onCheckedChange={(allowPrivateNetwork) => onChange({ allowPrivateNetwork })}
      />
    </>
  );
}
