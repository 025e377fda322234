import * as z from 'zod';
import { type SchemaRegistrySpec, splitRegistrySecret } from './kafka-registry';

const pem = (kind: string) =>
  z
    .string()
    .max(20_000)
    .regex(/-----BEGIN [A-Z ]+-----[\s\S]+-----END [A-Z ]+-----/, `paste the ${kind} as PEM, with its BEGIN and END lines`);

const password = { username: z.string().min(1).max(500) };
/** How a client says who it is. The secret that belongs to it is typed beside it: the password, the client secret, the access key. */
export const kafkaSasl = z.discriminatedUnion('mechanism', [
  z.strictObject({ mechanism: z.literal('plain'), ...password }),
  z.strictObject({ mechanism: z.literal('scram-sha-256'), ...password }),
  z.strictObject({ mechanism: z.literal('scram-sha-512'), ...password }),
  z.strictObject({
    mechanism: z.literal('oauthbearer'),
    /** Asked for a token with the client's credentials (RFC 6749, 4.4). */
    tokenUrl: z.url({ protocol: /^https?$/, error: 'give an absolute http or https URL' }).max(2000),
    clientId: z.string().min(1).max(500),
    scope: z.string().min(1).max(1000).optional(),
  }),
  z.strictObject({
    mechanism: z.literal('aws-msk-iam'),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'write the region as in eu-central-1'),
    /** Absent = what the worker's machine has; its secret half is the target's secret. */
    accessKeyId: z
      .string()
      .regex(/^\w{16,128}$/, 'give the access key id, as in AKIA…')
      .optional(),
  }),
]);
export type KafkaSasl = z.infer<typeof kafkaSasl>;
export const KAFKA_MECHANISMS = [
  'plain',
  'scram-sha-256',
  'scram-sha-512',
  'oauthbearer',
  'aws-msk-iam',
] as const satisfies readonly KafkaSasl['mechanism'][];

/** Fields of a Kafka target by which client and brokers believe each other. */
export const kafkaSecurity = {
  /** Certificates by which the brokers are believed, PEM; absent = the public authorities. Only with TLS. */
  caCertificate: pem('CA certificate').optional(),
  /** Certificate (chain) by which the brokers believe us, PEM. Its private key is a secret, typed below the SASL secret. Only with TLS. */
  clientCertificate: pem('client certificate').optional(),
  sasl: kafkaSasl.optional(),
};

export interface KafkaSecurity {
  readonly caCertificate?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly sasl?: KafkaSasl | undefined;
  readonly registry?: SchemaRegistrySpec | undefined;
}

/** True when something secret belongs to the target. */
export function kafkaNeedsSecret({ sasl, clientCertificate, registry }: KafkaSecurity): boolean {
  if (clientCertificate !== undefined || (registry !== undefined && registry.auth.type !== 'none')) return true;
  return sasl !== undefined && (sasl.mechanism !== 'aws-msk-iam' || sasl.accessKeyId !== undefined);
}

/** Whose the secret is, and who beside the brokers gets it: when that changes it has to be typed again. */
export function kafkaAudience({ sasl, clientCertificate, registry }: KafkaSecurity): string {
  return `${whoOf(sasl)}${clientCertificate ? ' with a client certificate' : ''}${registryAudience(registry)}`;
}

function registryAudience(registry: SchemaRegistrySpec | undefined): string {
  if (!registry || registry.auth.type === 'none') return '';
  return ` and ${registry.auth.type === 'basic' ? registry.auth.username : 'a token'} at ${new URL(registry.url).host}`;
}

function whoOf(sasl: KafkaSasl | undefined): string {
  if (!sasl) return '';
  switch (sasl.mechanism) {
    case 'oauthbearer':
      return `${sasl.clientId} ${new URL(sasl.tokenUrl).host}`;
    case 'aws-msk-iam':
      return sasl.accessKeyId ?? '';
    default:
      return sasl.username;
  }
}

/** The one secret of a target, taken apart: what comes before a private key in PEM is the SASL secret. */
export function splitKafkaSecret(all: string | null): { readonly sasl: string | null; readonly privateKey: string | null } {
  const { rest: secret } = splitRegistrySecret(all);
  const at = secret?.search(/-----BEGIN [A-Z ]*PRIVATE KEY-----/) ?? -1;
  if (secret === null || at < 0) return { sasl: secret, privateKey: null };
  const before = secret.slice(0, at).replace(/\r?\n$/, '');
  return { sasl: before === '' ? null : before, privateKey: secret.slice(at) };
}
