import { type KafkaSasl, kafkaNeedsSecret } from '@/core/spec/sink/kafka-target';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { EMPTY_REGISTRY_TARGET, formOfRegistry, type RegistryTargetForm, registryOf, registrySecretOf } from './registry-target-part';
import type { TargetForm } from './target-form';

/** Fields of the form that only Kafka has. */
export interface KafkaTargetForm extends RegistryTargetForm {
  /** One broker a line, or separated by commas. */
  readonly brokers: string;
  readonly tls: boolean;
  readonly caCertificate: string;
  readonly clientCertificate: string;
  /** Of the client certificate; a part of the secret. */
  readonly privateKey: string;
  readonly saslMechanism: 'none' | KafkaSasl['mechanism'];
  readonly saslUsername: string;
  readonly oauthTokenUrl: string;
  readonly oauthClientId: string;
  readonly oauthScope: string;
  readonly mskRegion: string;
  /** Empty = what the worker's machine has. */
  readonly mskAccessKeyId: string;
}

export const EMPTY_KAFKA_TARGET: KafkaTargetForm = {
  ...EMPTY_REGISTRY_TARGET,
  brokers: '',
  tls: false,
  caCertificate: '',
  clientCertificate: '',
  privateKey: '',
  saslMechanism: 'none',
  saslUsername: '',
  oauthTokenUrl: '',
  oauthClientId: '',
  oauthScope: '',
  mskRegion: '',
  mskAccessKeyId: '',
};

export function formOfKafkaTarget(config: SinkTargetConfigOf<'Kafka'>): KafkaTargetForm {
  const { brokers, tls, caCertificate, clientCertificate, sasl } = config;
  const form: KafkaTargetForm = {
    ...EMPTY_KAFKA_TARGET,
    ...formOfRegistry(config.registry),
    brokers: brokers.join('\n'),
    tls,
    caCertificate: caCertificate ?? '',
    clientCertificate: clientCertificate ?? '',
    saslMechanism: sasl?.mechanism ?? 'none',
  };
  if (!sasl) return form;
  switch (sasl.mechanism) {
    case 'oauthbearer':
      return { ...form, oauthTokenUrl: sasl.tokenUrl, oauthClientId: sasl.clientId, oauthScope: sasl.scope ?? '' };
    case 'aws-msk-iam':
      return { ...form, mskRegion: sasl.region, mskAccessKeyId: sasl.accessKeyId ?? '' };
    default:
      return { ...form, saslUsername: sasl.username };
  }
}

/** The config as typed, valid or not. Certificates count only with TLS. */
export function kafkaConfigOf(form: TargetForm): Record<string, unknown> {
  const { tls } = form;
  const sasl = saslOf(form);
  const registry = registryOf(form);
  return {
    type: 'Kafka',
    brokers: form.brokers.split(/[\s,]+/).filter(Boolean),
    tls,
    ...(tls && form.caCertificate.trim() ? { caCertificate: form.caCertificate.trim() } : {}),
    ...(tls && form.clientCertificate.trim() ? { clientCertificate: form.clientCertificate.trim() } : {}),
    ...(sasl ? { sasl } : {}),
    ...(registry ? { registry } : {}),
  };
}

function saslOf(form: TargetForm): Record<string, unknown> | null {
  const { saslMechanism: mechanism } = form;
  switch (mechanism) {
    case 'none':
      return null;
    case 'oauthbearer': {
      const scope = form.oauthScope.trim() ? { scope: form.oauthScope.trim() } : {};
      return { mechanism, tokenUrl: form.oauthTokenUrl.trim(), clientId: form.oauthClientId.trim(), ...scope };
    }
    case 'aws-msk-iam': {
      const key = form.mskAccessKeyId.trim() ? { accessKeyId: form.mskAccessKeyId.trim() } : {};
      return { mechanism, region: form.mskRegion.trim(), ...key };
    }
    default:
      return { mechanism, username: form.saslUsername.trim() };
  }
}

export function kafkaUsesSecret(form: TargetForm): boolean {
  const config = kafkaConfigOf(form) as Pick<SinkTargetConfigOf<'Kafka'>, 'sasl' | 'clientCertificate' | 'registry'>;
  return kafkaNeedsSecret(config);
}

/** The one secret that is stored: the SASL secret, below it the private key of the client certificate, and the registry's. */
export function kafkaSecretOf(form: TargetForm): string {
  const { tls, secret, clientCertificate, privateKey } = form;
  const key = tls && clientCertificate.trim() ? privateKey.trim() : '';
  return [secret, key, registrySecretOf(form)].filter(Boolean).join('\n');
}
