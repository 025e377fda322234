import { problemFor } from '@/components/forms/problem-text';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Switch } from '@/components/ui/switch';
import type { TargetFieldsProps } from './target-fields';

interface Words {
  readonly key: string;
  readonly role: string;
  readonly rights: string;
  readonly privateHint: string;
}

const SQS: Words = {
  key: 'Of a user that may do no more than send to the queues meant for streams.',
  role: 'a builder who names a queue sends to it if that role may',
  rights: 'sqs:GetQueueUrl, sqs:GetQueueAttributes and sqs:SendMessage on the queues meant for streams',
  privateHint: 'For a VPC endpoint or an SQS of your own. Off, a stream cannot be used to reach machines inside your network.',
};
const LAMBDA: Words = {
  key: 'Of a user that may do no more than invoke the functions meant for streams.',
  role: 'a builder who names a function invokes it if that role may',
  rights: 'lambda:InvokeFunction on the functions meant for streams',
  privateHint: 'For a VPC endpoint or a Lambda of your own. Off, a stream cannot be used to reach machines inside your network.',
};

export function SqsFields(props: TargetFieldsProps) {
  return <AwsFields {...props} words={SQS} />;
}

export function LambdaFields(props: TargetFieldsProps) {
  return <AwsFields {...props} words={LAMBDA} />;
}

function AwsFields({ form, onChange, problems, words }: TargetFieldsProps & { words: Words }) {
  return (
    <>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label="Region" error={problemFor(problems, 'config.region')}>
          <Input
            className="font-mono"
            placeholder="eu-central-1"
            spellCheck={false}
            autoComplete="off"
            value={form.region}
            onChange={(event) => onChange({ region: event.target.value })}
          />
        </Field>
        <Field label="Endpoint" optional hint="Empty = Amazon’s public one of the region." error={problemFor(problems, 'config.endpoint')}>
          <Input
            className="font-mono"
            type="url"
            spellCheck={false}
            autoComplete="off"
            value={form.endpoint}
            onChange={(event) => onChange({ endpoint: event.target.value })}
          />
        </Field>
      </div>
      <RadioGroup
        label="Credentials"
        columns={2}
        value={form.credentials}
        onChange={(credentials) => onChange({ credentials })}
        options={[
          { value: 'static', label: 'Access key', hint: words.key },
          {
            value: 'workerRole',
            label: 'Role of the worker’s machine',
            hint: 'From its environment, web identity, container or instance.',
          },
        ]}
      />
      {form.credentials === 'static' ? (
        <Field label="Access key id" error={problemFor(problems, 'config.credentials.accessKeyId')}>
          <Input
            className="font-mono"
            autoComplete="off"
            spellCheck={false}
            value={form.accessKeyId}
            onChange={(event) => onChange({ accessKeyId: event.target.value })}
          />
        </Field>
      ) : (
        <p className="text-sm text-ink-muted">
          Every stream on this target acts with the worker’s own rights: {words.role}. The pipeline asks the machine’s metadata service
          (169.254.169.254) for the credentials, an address that sinks otherwise never reach. Give the role {words.rights}, and nothing
          else.
        </p>
      )}
      <Switch
        label="Allow private and loopback addresses"
        hint={words.privateHint}
        checked={form.allowPrivateNetwork}
        onCheckedChange={(allowPrivateNetwork) => onChange({ allowPrivateNetwork })}
      />
    </>
  );
}
