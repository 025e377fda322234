import { createHmac } from 'node:crypto';
import { SpillwayError } from '@/core/errors';

const PREFIX = 'whsec_';

/** Signs requests as Standard Webhooks 1.0 says: HMAC-SHA256 over `id.timestamp.body`, base64, `v1,` before it. */
export interface Signer {
  sign(id: string, timestampSeconds: number, body: Buffer): string;
}

/**
 * Reads the secret `whsec_<base64>`. Several, separated by spaces, sign side by side while a receiver changes
 * from one to the next.
 */
export function createSigner(secret: string): Signer {
  const keys = secret.trim().split(/\s+/).map(keyOf);
  return {
    sign: (id, timestampSeconds, body) =>
      keys.map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.`).update(body).digest('base64')}`).join(' '),
  };
}

function keyOf(text: string): Buffer {
  const encoded = text.slice(PREFIX.length);
  if (!text.startsWith(PREFIX) || !/^[A-Za-z0-9+/]{4,}={0,2}$/.test(encoded)) {
    throw new SpillwayError('sink_misconfigured', 'The signing secret is not of the form whsec_ followed by base64.', {
      remedy: 'Type the secret in again, as the receiver shows it.',
    });
  }
  return Buffer.from(encoded, 'base64');
}
