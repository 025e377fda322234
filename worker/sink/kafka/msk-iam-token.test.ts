import { expect, it } from 'vitest';
import { mskIamToken } from './msk-iam-token';

it('is a presigned URL of kafka-cluster:Connect, without the secret half of the key', async () => {
  const { value } = await mskIamToken('eu-central-1', { accessKeyId: 'AKIA0000000000000000', secretAccessKey: 'secret-canary' });
  const url = new URL(Buffer.from(value, 'base64url').toString());
  expect(url.host).toBe('kafka.eu-central-1.amazonaws.com');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'kafka-cluster:Connect',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': expect.stringMatching(/^AKIA0000000000000000\/\d{8}\/eu-central-1\/kafka-cluster\/aws4_request$/),
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(url.href).not.toContain('canary');
});
