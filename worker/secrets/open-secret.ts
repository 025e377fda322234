import { createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto';
import { SpillwayError } from '@/core/errors';
import { SEAL_INFO, SEAL_PREFIX, type SealContext, sealAad } from '@/core/secrets/seal';

/**
 * Opens what core/secrets/seal.ts sealed. `privateKey` is base64 PKCS8 DER. Throws `secret_unreadable` when the key,
 * the context or a single bit differs; never falls back to anything.
 */
export function openSecret(sealed: string, privateKey: string, context: SealContext): string {
  const parts = sealed.split('.');
  if (parts.length !== 5 || `${parts[0]}.${parts[1]}` !== SEAL_PREFIX)
    throw new SpillwayError('secret_unreadable', `the secret of ${context.kind} ${context.id} is not in a known sealed form`);
  const [spki, iv, body] = parts.slice(2).map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer, Buffer];
  try {
    const shared = diffieHellman({
      privateKey: createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' }),
      publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
    });
    const key = Buffer.from(hkdfSync('sha256', shared, spki, SEAL_INFO, 32));
    const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(sealAad(context));
    decipher.setAuthTag(body.subarray(body.length - 16));
    return Buffer.concat([decipher.update(body.subarray(0, body.length - 16)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new SpillwayError(
      'secret_unreadable',
      `the secret of ${context.kind} ${context.id} was sealed for another worker key`,
      {},
      { cause },
    );
  }
}
