import { problemFor, problemText } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { Textarea } from '@/components/ui/textarea';
import { RegistryFields } from './registry-fields';
import type { TargetFieldsProps } from './target-fields';
import type { TargetForm } from './target-form';

export function KafkaFields(props: TargetFieldsProps) {
  const { form, onChange, problems } = props;
  const broker = problems.find((problem) => problem.field.startsWith('config.brokers'));
  return (
    <>
      <Field label="Brokers" hint="host:port, one a line." error={problemText(broker)}>
        <Textarea
          className="font-mono"
          rows={3}
          placeholder="kafka-1:9092"
          spellCheck={false}
          value={form.brokers}
          onChange={(event) => onChange({ brokers: event.target.value })}
        />
      </Field>
      <Switch
        label="TLS"
        hint="Encrypted, and the brokers’ certificates must be valid."
        checked={form.tls}
        onCheckedChange={(tls) => onChange({ tls })}
      />
      {form.tls ? <Certificates {...props} /> : null}
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label="SASL">
          <Select
            value={form.saslMechanism}
            onChange={(event) => onChange({ saslMechanism: event.target.value as TargetForm['saslMechanism'] })}
          >
            <option value="none">No sign-in</option>
            <option value="plain">PLAIN</option>
            <option value="scram-sha-256">SCRAM-SHA-256</option>
            <option value="scram-sha-512">SCRAM-SHA-512</option>
            <option value="oauthbearer">OAUTHBEARER</option>
            <option value="aws-msk-iam">Amazon MSK IAM</option>
          </Select>
        </Field>
        <SignIn {...props} />
      </div>
      <RegistryFields {...props} />
    </>
  );
}

function Certificates({ form, onChange, problems }: TargetFieldsProps) {
  const pem = (label: string, hint: string, name: 'caCertificate' | 'clientCertificate' | 'privateKey') => (
    <Field label={label} optional hint={hint} error={problemFor(problems, `config.${name}`)}>
      <Textarea
        className="font-mono text-sm"
        rows={3}
        placeholder={name === 'privateKey' ? '-----BEGIN PRIVATE KEY-----' : '-----BEGIN CERTIFICATE-----'}
        spellCheck={false}
        autoComplete="off"
        value={form[name]}
        onChange={(event) => onChange({ [name]: event.target.value })}
      />
    </Field>
  );
  return (
    <>
      {pem('CA certificate', 'PEM. Empty = the public certificate authorities.', 'caCertificate')}
      {pem('Client certificate', 'PEM, with its chain. Only where the brokers ask for one.', 'clientCertificate')}
      {form.clientCertificate.trim()
        ? pem(
            'Private key',
            'PEM, of the client certificate. Sealed together with the SASL secret: a new one needs both typed.',
            'privateKey',
          )
        : null}
    </>
  );
}

function SignIn({ form, onChange, problems }: TargetFieldsProps) {
  type Name = 'saslUsername' | 'oauthTokenUrl' | 'oauthClientId' | 'oauthScope' | 'mskRegion' | 'mskAccessKeyId';
  const line = (label: string, name: Name, field: string, hint?: string) => (
    <Field label={label} hint={hint} error={problemFor(problems, `config.sasl.${field}`)}>
      <Input
        className="font-mono"
        autoComplete="off"
        spellCheck={false}
        value={form[name]}
        onChange={(event) => onChange({ [name]: event.target.value })}
      />
    </Field>
  );
  switch (form.saslMechanism) {
    case 'none':
      return null;
    case 'oauthbearer':
      return (
        <>
          {line('Token URL', 'oauthTokenUrl', 'tokenUrl', 'Asked for tokens with the client’s credentials.')}
          {line('Client id', 'oauthClientId', 'clientId')}
          {line('Scope', 'oauthScope', 'scope', 'Empty where the server asks for none.')}
        </>
      );
    case 'aws-msk-iam':
      return (
        <>
          {line('Region', 'mskRegion', 'region', 'As in eu-central-1. Needs TLS, and port 9098 or 9198.')}
          {line('Access key id', 'mskAccessKeyId', 'accessKeyId', 'Empty = the role of the worker’s machine.')}
        </>
      );
    default:
      return line('SASL user', 'saslUsername', 'username');
  }
}
