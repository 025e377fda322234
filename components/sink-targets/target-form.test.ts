import { expect, it } from 'vitest';
import type { SinkTargetDto } from '@/core/dto/connection';
import { checkTarget, EMPTY_TARGET, formOfTarget, newSigningSecret } from './target-form';

const http: SinkTargetDto = {
  id: 't',
  name: 'receiver',
  config: { type: 'Http', url: 'https://hooks.example/in', allowPrivateNetwork: false, timeoutMs: 10_000 },
  hasSecret: true,
  streamCount: 0,
  createdAt: '',
};

it('a stored secret stays while the host stays, and is asked for again when it changes', () => {
  const form = formOfTarget(http);
  expect(checkTarget({ ...form, url: 'https://hooks.example/other' }, http)).toMatchObject({ ok: true });
  expect(checkTarget({ ...form, url: 'https://elsewhere.example/in' }, http)).toMatchObject({ ok: false, problems: [{ field: 'secret' }] });
});

it('brokers may be written on lines or with commas, and a wrong one is named', () => {
  const kafka = { ...EMPTY_TARGET, name: 'broker', type: 'Kafka' as const, brokers: 'a:9092, b:9092\nc:9092' };
  expect(checkTarget(kafka, null)).toMatchObject({ ok: true, input: { config: { brokers: ['a:9092', 'b:9092', 'c:9092'] } } });
  expect(checkTarget({ ...kafka, brokers: 'a' }, null)).toMatchObject({ ok: false, problems: [{ field: 'config.brokers.0', value: 'a' }] });
});

it('a new Http target without a secret, or without a URL, says what to do', () => {
  const check = checkTarget({ ...EMPTY_TARGET, name: 'hook' }, null);
  if (check.ok) throw new Error('must not be valid');
  expect(check.problems.map((problem) => problem.remedy)).toEqual([
    'give an absolute http or https URL',
    'generate or type a signing secret',
  ]);
});

it('a generated secret is whsec_ and the bytes in base64', () => {
  expect(newSigningSecret(new Uint8Array(32))).toBe(`whsec_${'A'.repeat(43)}=`);
});
