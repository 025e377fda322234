import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SpillwayError } from '@/core/errors';

/** The worker's key pair: private as base64 PKCS8 DER (stays in this process), public as base64 SPKI DER. */
export interface WorkerKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

/**
 * Reads the X25519 private key, or makes one (mode 0600) when the file is not there. A file that is there but is not such
 * a key is an error: replacing it would make every sealed secret unreadable. Throws `precondition_failed`.
 */
export function loadOrCreateKey(path: string): WorkerKey {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = generateKeyPairSync('x25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  try {
    // Exclusive: of two workers that start at once, one makes the file and both use it.
    writeFileSync(path, `${fresh}\n`, { mode: 0o600, flag: 'wx' });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new SpillwayError('precondition_failed', `the worker's key file ${path} cannot be written`, {}, { cause: thrown });
    }
  }
  const privateKey = readFileSync(path, 'utf8').trim();
  return { privateKey, publicKey: publicKeyOf(privateKey, path) };
}

function publicKeyOf(privateKey: string, path: string): string {
  try {
    const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
    if (key.asymmetricKeyType !== 'x25519') throw new TypeError('not an X25519 key');
    return createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
  } catch (cause) {
    throw new SpillwayError(
      'precondition_failed',
      `${path} does not hold a base64 PKCS8 X25519 private key; restore it from a backup, or remove it and type every secret in again`,
      {},
      { cause },
    );
  }
}
