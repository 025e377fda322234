import { expect, it } from 'vitest';
import type { SinkTargetDto } from '@/core/dto/connection';
import { checkTarget, EMPTY_TARGET, formOfTarget } from './target-form';

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
  const check = checkTarget({ ...EMPTY_TARGET, name: 'hook', generateSecret: false }, null);
  if (check.ok) throw new Error('must not be valid');
  expect(check.problems.map((problem) => problem.remedy)).toEqual([
    'give an absolute http or https URL',
    'generate or type a signing secret',
  ]);
});

it('a secret that is generated is not asked for, and a typed one is not sent beside it', () => {
  const form = { ...EMPTY_TARGET, name: 'hook', url: 'https://hooks.example/in', secret: 'left over' };
  const check = checkTarget(form, null);
  expect(check).toMatchObject({ ok: true, input: { generateSecret: true } });
  expect(JSON.stringify(check)).not.toContain('left over');
});

it('another SASL user needs its own password', () => {
  const kafka: SinkTargetDto = {
    ...http,
    config: { type: 'Kafka', brokers: ['a:9092'], tls: true, sasl: { mechanism: 'plain', username: 'one' } },
  };
  expect(checkTarget(formOfTarget(kafka), kafka)).toMatchObject({ ok: true });
  expect(checkTarget({ ...formOfTarget(kafka), saslUsername: 'two' }, kafka)).toMatchObject({ ok: false, problems: [{ field: 'secret' }] });
});
