import { beforeAll, describe, expect, it } from 'vitest';
import { SpillwayError } from '@/core/errors';
import { log } from '@/core/log';
import { callerAddress } from './caller-address';
import { isSameOrigin } from './http';
import { toActionError } from './refusal';

beforeAll(() => {
  log.level = 'silent';
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    NEXTAUTH_URL: 'https://spillway.example',
    NEXTAUTH_SECRET: 'a'.repeat(32),
  });
});

describe('isSameOrigin', () => {
  const post = (headers: Record<string, string>) =>
    isSameOrigin(new Request('http://10.0.0.1:3000/api/x', { method: 'POST', headers: { host: '10.0.0.1:3000', ...headers } }));
  const json = { 'content-type': 'application/json' };

  it('takes JSON from the portal itself', () => {
    expect(post({ ...json, origin: 'https://spillway.example' })).toBe(true);
    expect(post({ ...json, origin: 'http://10.0.0.1:3000' })).toBe(true);
  });

  it.each([
    ['another site', { ...json, origin: 'https://evil.example' }],
    ['a lookalike', { ...json, origin: 'https://spillway.example.evil.example' }],
    ['a sandboxed frame', { ...json, origin: 'null' }],
    ['no origin at all', json],
    ['a form', { 'content-type': 'text/plain', origin: 'https://spillway.example' }],
    ['a form without a type', { origin: 'https://spillway.example' }],
  ])('refuses %s', (_, headers) => {
    expect(post(headers)).toBe(false);
  });
});

it('counts the address that the nearest proxy added, not those a client wrote before it', () => {
  expect(callerAddress({ 'x-forwarded-for': '1.2.3.4, 10.0.0.9' })).toBe('10.0.0.9');
  expect(callerAddress({})).toBe('unknown');
});

describe('toActionError', () => {
  it('tells what a verb refused, with the remedy of its kind', () => {
    const error = toActionError(new SpillwayError('conflict', 'pat approved this request already'), 'slots.approve');
    expect(error).toMatchObject({
      kind: 'conflict',
      message: 'pat approved this request already',
      remedy: expect.stringContaining('reload'),
    });
  });

  it('tells nothing of what nobody foresaw but an id', () => {
    const error = toActionError(new Error('password=hunter2 at 10.0.0.5'), 'sources.update');
    expect(error.kind).toBe('internal');
    expect(JSON.stringify(error)).not.toMatch(/hunter2|10\.0\.0\.5/);
  });

  it('knows a catalog that is away', () => {
    expect(toActionError(new Error('connect ECONNREFUSED 127.0.0.1:1'), 'x').kind).toBe('catalog_unavailable');
  });
});
