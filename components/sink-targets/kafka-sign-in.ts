import type { KafkaSasl } from '@/core/spec/sink/kafka-target';

/** How the target signs in, for its page. */
export function signInWords(sasl: KafkaSasl | undefined): string {
  if (!sasl) return 'none';
  switch (sasl.mechanism) {
    case 'oauthbearer':
      return `OAUTHBEARER, client ${sasl.clientId} at ${sasl.tokenUrl}`;
    case 'aws-msk-iam':
      return `MSK IAM in ${sasl.region}, ${sasl.accessKeyId ? `access key ${sasl.accessKeyId}` : 'role of the worker’s machine'}`;
    default:
      return `${sasl.mechanism}, user ${sasl.username}`;
  }
}
