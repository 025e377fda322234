import { expect, it } from 'vitest';
import { grantedTokens } from './tokens';

const REQUEST = { url: 'https://login.example.com/token', clientId: 'a', clientSecret: 'b' };
const signal = new AbortController().signal;

it('asks anew shortly before a token ends, not with every request', async () => {
  let now = 0;
  let grants = 0;
  const post = async () => ({ status: 200, body: JSON.stringify({ access_token: `t${++grants}`, expires_in: 3_600 }) });
  const tokens = grantedTokens(REQUEST, post, () => now);
  expect(await tokens.current(signal)).toBe('t1');
  now = 3_569_000;
  expect(await tokens.current(signal)).toBe('t1');
  now = 3_571_000;
  expect(await tokens.current(signal)).toBe('t2');
});

it('uses a token of a short life for half of it', async () => {
  let now = 0;
  let grants = 0;
  const post = async () => ({ status: 200, body: JSON.stringify({ access_token: `t${++grants}`, expires_in: 20 }) });
  const tokens = grantedTokens(REQUEST, post, () => now);
  await tokens.current(signal);
  now = 9_000;
  expect(await tokens.current(signal)).toBe('t1');
  now = 11_000;
  expect(await tokens.current(signal)).toBe('t2');
});

it('tells wrong credentials from a server in trouble, and from an answer that makes no sense', async () => {
  const failing = (status: number, body: string | null) => grantedTokens(REQUEST, async () => ({ status, body })).current(signal);
  await expect(failing(401, null)).rejects.toMatchObject({ credentials: true });
  await expect(failing(503, null)).rejects.toMatchObject({ credentials: false });
  await expect(failing(200, '{"token":"x"}')).rejects.toMatchObject({
    credentials: false,
    message: expect.stringContaining('no access_token'),
  });
});
