import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseSealContext, type SealContext, sealAad, sealSecret } from './seal';

const spki = generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
const context: SealContext = { kind: 'source', id: 'a-b', version: 3 };

it('reads a context back from what is bound into the ciphertext', () => {
  expect(parseSealContext(sealAad(context).toString())).toEqual(context);
  for (const text of ['', 'source/a', 'user/a/1', 'source/a/b/1', 'source/a/x']) expect(() => parseSealContext(text)).toThrow(RangeError);
});

it('seals the same secret differently each time, and shows nothing of it', () => {
  const sealed = [sealSecret('hunter2', spki, context), sealSecret('hunter2', spki, context)];
  expect(sealed[0]).not.toBe(sealed[1]);
  expect(Buffer.from(sealed.join(''), 'base64url').toString('latin1')).not.toContain('hunter2');
});
