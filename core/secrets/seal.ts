import { createCipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, randomBytes } from 'node:crypto';

/** What a secret belongs to; bound into the ciphertext, so that a sealed text copied to another row does not open. */
export interface SealContext {
  readonly kind: 'source' | 'sink-target';
  readonly id: string;
  readonly version: number;
}

export const SEAL_PREFIX = 'sealed.v1';
export const SEAL_INFO = 'spillway sealed secret v1';

export function sealAad(context: SealContext): Buffer {
  return Buffer.from(`${context.kind}/${context.id}/${context.version}`);
}

/** Reads what sealAad prints; it travels with a secret that belongs to no row yet. Throws a RangeError on anything else. */
export function parseSealContext(text: string): SealContext {
  const match = /^(source|sink-target)\/([^/]+)\/(\d+)$/.exec(text);
  if (!match?.[1] || !match[2] || !match[3]) throw new RangeError('not a seal context');
  return { kind: match[1] as SealContext['kind'], id: match[2], version: Number(match[3]) };
}

/**
 * Seals a secret to the worker's X25519 public key (base64 SPKI DER): an ephemeral key pair, HKDF-SHA256 over
 * the shared secret, AES-256-GCM. Only the holder of the private key (worker/supervisor/open-secret.ts) can open it.
 * Result: `sealed.v1.<ephemeral spki>.<iv>.<ciphertext+tag>`, base64url parts.
 */
export function sealSecret(plain: string, workerPublicKey: string, context: SealContext): string {
  const recipient = createPublicKey({ key: Buffer.from(workerPublicKey, 'base64'), format: 'der', type: 'spki' });
  const ephemeral = generateKeyPairSync('x25519');
  const spki = ephemeral.publicKey.export({ format: 'der', type: 'spki' });
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: recipient });
  const key = Buffer.from(hkdfSync('sha256', shared, spki, SEAL_INFO, 32));
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(sealAad(context));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return [SEAL_PREFIX, spki.toString('base64url'), iv.toString('base64url'), body.toString('base64url')].join('.');
}
