import type { SinkTargetDto } from '@/core/dto/connection';
import type { FieldProblem } from '@/core/errors';
import { problemsOf } from '@/core/spec/problems';
import {
  type SinkTargetConfig,
  type SinkTargetInput,
  type SinkTargetType,
  sinkTargetHosts,
  sinkTargetInput,
  sinkTargetUser,
} from '@/core/spec/sink-target';

import {
  EMPTY_KAFKA_TARGET,
  formOfKafkaTarget,
  type KafkaTargetForm,
  kafkaConfigOf,
  kafkaSecretOf,
  kafkaUsesSecret,
} from './kafka-target-part';

/** A sink target as its form holds it: every type's fields side by side. */
export interface TargetForm extends KafkaTargetForm {
  readonly name: string;
  readonly type: SinkTargetType;
  readonly store: 'catalog' | 'postgres';
  readonly url: string;
  readonly allowPrivateNetwork: boolean;
  readonly timeoutMs: string;
  readonly region: string;
  /** Empty = the region's public one. */
  readonly endpoint: string;
  readonly credentials: 'static' | 'workerRole';
  readonly accessKeyId: string;
  readonly nakadiAuth: 'token' | 'clientCredentials';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scope: string;
  readonly secret: string;
  /** Http only: the portal makes a signing secret and shows it once. */
  readonly generateSecret: boolean;
}

export const EMPTY_TARGET: TargetForm = {
  name: '',
  type: 'Http',
  store: 'catalog',
  url: '',
  allowPrivateNetwork: false,
  timeoutMs: '10000',
  ...EMPTY_KAFKA_TARGET,
  region: '',
  endpoint: '',
  credentials: 'static',
  accessKeyId: '',
  nakadiAuth: 'clientCredentials',
  tokenUrl: '',
  clientId: '',
  scope: '',
  secret: '',
  generateSecret: true,
};

export function formOfTarget({ name, config }: SinkTargetDto): TargetForm {
  const kept = { ...EMPTY_TARGET, generateSecret: false };
  switch (config.type) {
    case 'EventLog':
      return { ...kept, name, type: 'EventLog', store: config.store };
    case 'Http':
      return {
        ...kept,
        name,
        type: 'Http',
        url: config.url,
        allowPrivateNetwork: config.allowPrivateNetwork,
        timeoutMs: String(config.timeoutMs),
      };
    case 'Kafka':
      return { ...kept, ...formOfKafkaTarget(config), name, type: 'Kafka' };
    case 'Nakadi': {
      const { auth, url, allowPrivateNetwork, timeoutMs } = config;
      const grant = auth.type === 'token' ? {} : { tokenUrl: auth.tokenUrl, clientId: auth.clientId, scope: auth.scope ?? '' };
      return {
        ...kept,
        name,
        type: 'Nakadi',
        url,
        allowPrivateNetwork,
        timeoutMs: String(timeoutMs),
        nakadiAuth: auth.type,
        ...grant,
      };
    }
    case 'AwsLambda':
    case 'Sqs':
      return {
        ...kept,
        name,
        type: config.type,
        region: config.region,
        endpoint: config.endpoint ?? '',
        credentials: config.credentials.type,
        accessKeyId: config.credentials.type === 'static' ? config.credentials.accessKeyId : '',
        allowPrivateNetwork: config.allowPrivateNetwork,
      };
  }
}

function configOf(form: TargetForm): Record<string, unknown> {
  switch (form.type) {
    case 'EventLog':
      return { type: 'EventLog', store: form.store };
    case 'Http':
      return { type: 'Http', url: form.url.trim(), allowPrivateNetwork: form.allowPrivateNetwork, timeoutMs: timeoutOf(form) };
    case 'Kafka':
      return kafkaConfigOf(form);
    case 'Nakadi': {
      const scope = form.scope.trim() ? { scope: form.scope.trim() } : {};
      const auth =
        form.nakadiAuth === 'token'
          ? { type: 'token' }
          : { type: 'clientCredentials', tokenUrl: form.tokenUrl.trim(), clientId: form.clientId.trim(), ...scope };
      const { allowPrivateNetwork } = form;
      return { type: 'Nakadi', url: form.url.trim(), auth, allowPrivateNetwork, timeoutMs: timeoutOf(form) };
    }
    case 'AwsLambda':
    case 'Sqs': {
      const endpoint = form.endpoint.trim() ? { endpoint: form.endpoint.trim() } : {};
      const credentials = form.credentials === 'static' ? { type: 'static', accessKeyId: form.accessKeyId.trim() } : { type: 'workerRole' };
      return { type: form.type, region: form.region.trim(), ...endpoint, credentials, allowPrivateNetwork: form.allowPrivateNetwork };
    }
  }
}

function timeoutOf({ timeoutMs }: TargetForm): number {
  return /^\d+$/.test(timeoutMs.trim()) ? Number(timeoutMs) : Number.NaN;
}

/** Whether this type, as filled in, needs a secret at all. */
export function usesSecret(form: TargetForm): boolean {
  switch (form.type) {
    case 'EventLog':
      return form.store === 'postgres';
    case 'Http':
    case 'Nakadi':
      return true;
    case 'Kafka':
      return kafkaUsesSecret(form);
    case 'AwsLambda':
    case 'Sqs':
      return form.credentials === 'static';
  }
}

export type TargetCheck =
  | { readonly ok: true; readonly input: SinkTargetInput & { readonly generateSecret: boolean } }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

const REMEDIES: Readonly<Record<string, string>> = {
  name: 'give the sink target a name',
  'config.url': 'give an absolute http or https URL',
  'config.timeoutMs': 'give a whole number from 100 to 60000',
  'config.sasl.username': 'name the SASL user',
  'config.sasl.clientId': 'name the OAuth client',
  'config.sasl.tokenUrl': 'give the URL that tokens are asked from',
  'config.registry.url': 'give an absolute http or https URL',
  'config.registry.auth.username': 'name the user of the registry',
  'config.auth.tokenUrl': 'give an absolute http or https URL',
  'config.auth.clientId': 'give the client id',
  'config.region': 'give the region, as in eu-central-1',
  'config.credentials.accessKeyId': 'give the access key id, as in AKIA…',
};

/** Validates the form. A secret is asked for when none is stored, and again when the stored one would go to another host. */
export function checkTarget(form: TargetForm, stored: SinkTargetDto | null): TargetCheck {
  const generateSecret = form.type === 'Http' && form.generateSecret;
  const given = form.type === 'Kafka' ? kafkaSecretOf(form) : form.secret;
  const secret = usesSecret(form) && !generateSecret && given ? { secret: given } : {};
  const typed = { name: form.name.trim(), config: configOf(form), ...secret };
  const parsed = sinkTargetInput.safeParse(typed);
  const problems: FieldProblem[] = parsed.success
    ? []
    : problemsOf(parsed.error, typed).map((problem) => ({
        ...problem,
        value: problem.field === 'secret' ? null : problem.value,
        remedy: (problem.value === '' || problem.field === 'config.timeoutMs' ? REMEDIES[problem.field] : undefined) ?? problem.remedy,
      }));
  if (usesSecret(form) && !generateSecret && !given) {
    const elsewhere = stored && parsed.success && audienceOf(parsed.data.config) !== audienceOf(stored.config);
    if (!stored?.hasSecret) problems.push({ field: 'secret', value: null, remedy: SECRET_WORDS[form.type].missing });
    else if (elsewhere) problems.push({ field: 'secret', value: null, remedy: 'type the secret again: where it is sent changed' });
  }
  if (form.type === 'Kafka' && given && form.registryUrl.trim() && form.registryAuth !== 'none' && !form.registrySecret)
    problems.push({
      field: 'config.registry.secret',
      value: null,
      remedy: 'type the secret of the registry, too: they are sealed together',
    });
  return parsed.success && problems.length === 0 ? { ok: true, input: { ...parsed.data, generateSecret } } : { ok: false, problems };
}

const AWS_SECRET = { label: 'Secret access key', hint: 'The secret half of the access key.', missing: 'type the secret access key' };
/** What the secret of each type is. */
export const SECRET_WORDS: Readonly<Record<SinkTargetType, { readonly label: string; readonly hint: string; readonly missing: string }>> = {
  EventLog: {
    label: 'Connection URL',
    hint: 'postgres://role:password@host:5432/database of the Postgres that holds the event log.',
    missing: 'give the connection URL',
  },
  Http: {
    label: 'Signing secret',
    hint: 'Each request is signed with it (Standard Webhooks), so that the receiver can tell ours from a forged one.',
    missing: 'generate or type a signing secret',
  },
  Kafka: {
    label: 'SASL secret',
    hint: 'Password of the user, secret of the OAuth client, or secret access key. Empty where only a client certificate or the schema registry has one.',
    missing: 'type the secret of the sign-in, the private key of the client certificate, or the secret of the schema registry',
  },
  Nakadi: {
    label: 'Token or client secret',
    hint: 'The bearer token, or the secret of the client.',
    missing: 'type the token, or the client secret',
  },
  Sqs: AWS_SECRET,
  AwsLambda: AWS_SECRET,
};

/** Whom a secret is for: host and user. */
function audienceOf(config: SinkTargetConfig): string {
  return `${sinkTargetHosts(config)} ${sinkTargetUser(config)}`;
}
