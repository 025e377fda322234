import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** N=2^15, r=8: 131 ms on the reference machine, off the main thread, 32 MiB. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;

/** `scrypt$<log2 N>$<salt>$<key>`, base64 parts. */
export async function hashPassword(plain: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(plain, salt);
  return `scrypt$15$${salt.toString('base64')}$${key.toString('base64')}`;
}

const NOBODY = { salt: Buffer.alloc(16), key: Buffer.alloc(KEY_BYTES) };

/** Takes the same time for an account that does not exist or has no password (`stored` null), and says false then. */
export async function verifyPassword(plain: string, stored: string | null): Promise<boolean> {
  const [scheme, log2N, salt, key] = stored?.split('$') ?? [];
  const known = scheme === 'scrypt' && log2N === '15' && salt && key;
  const expected = known ? { salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') } : NOBODY;
  const derived = await derive(plain, expected.salt);
  return timingSafeEqual(derived, expected.key.length === KEY_BYTES ? expected.key : NOBODY.key) && Boolean(known);
}

function derive(plain: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(plain, salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
