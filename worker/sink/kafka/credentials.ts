import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from 'kafkajs';
import { SpillwayError } from '@/core/errors';
import { splitKafkaSecret } from '@/core/spec/sink/kafka-target';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { mskIamToken } from './msk-iam-token';
import { type OauthClient, oauthTokens } from './oauth-tokens';

/** How a client signs in and encrypts. */
export interface Credentials {
  readonly ssl: ConnectionOptions | false;
  readonly sasl: SASLOptions | null;
}

/** Takes the one secret of the target apart. Throws sink_misconfigured when something is missing, or without TLS makes no sense. */
export function credentialsOf(config: SinkTargetConfigOf<'Kafka'>, secret: string | null): Credentials {
  const { sasl, privateKey } = splitKafkaSecret(secret);
  return { ssl: tlsOf(config, privateKey), sasl: saslOf(config, sasl) };
}

function tlsOf(
  { tls, caCertificate, clientCertificate }: SinkTargetConfigOf<'Kafka'>,
  privateKey: string | null,
): ConnectionOptions | false {
  if (!tls) {
    if (!caCertificate && !clientCertificate) return false;
    throw misconfigured('The target has certificates and TLS is off', 'Switch TLS on, or take the certificates out.');
  }
  if (clientCertificate && !privateKey) {
    throw misconfigured('The client certificate has no private key', 'Type the private key of the certificate as the secret, in PEM.');
  }
  return {
    ...(caCertificate ? { ca: caCertificate } : {}),
    ...(clientCertificate && privateKey ? { cert: clientCertificate, key: privateKey } : {}),
  };
}

function saslOf({ sasl }: SinkTargetConfigOf<'Kafka'>, secret: string | null): SASLOptions | null {
  if (!sasl) return null;
  switch (sasl.mechanism) {
    case 'oauthbearer': {
      const client: OauthClient = { ...sasl, clientSecret: required(secret, `The OAuth client ${sasl.clientId} has no secret`) };
      return { mechanism: 'oauthbearer', oauthBearerProvider: oauthTokens(client) };
    }
    case 'aws-msk-iam': {
      const { region, accessKeyId } = sasl;
      const key = accessKeyId && { accessKeyId, secretAccessKey: required(secret, `The access key ${accessKeyId} has no secret`) };
      return { mechanism: 'oauthbearer', oauthBearerProvider: () => mskIamToken(region, key || null) };
    }
    default: {
      const { mechanism, username } = sasl;
      const credentials = { username, password: required(secret, `The Kafka user ${username} has no password`) };
      // One branch each: the type ties the mechanism to its options.
      if (mechanism === 'plain') return { mechanism, ...credentials };
      return mechanism === 'scram-sha-256' ? { mechanism, ...credentials } : { mechanism, ...credentials };
    }
  }
}

function required(secret: string | null, message: string): string {
  if (secret !== null) return secret;
  throw misconfigured(message, 'Type in the secret of the sink target.');
}

function misconfigured(message: string, remedy: string): SpillwayError {
  return new SpillwayError('sink_misconfigured', `${message}.`, { remedy });
}
