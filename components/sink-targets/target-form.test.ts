import { expect, it } from 'vitest';
import type { SinkTargetDto } from '@/core/dto/connection';
import { splitRegistrySecret } from '@/core/spec/sink/kafka-registry';
import { splitKafkaSecret } from '@/core/spec/sink/kafka-target';
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

it('a schema registry: its secret is a part of the one secret, and is asked for when another part is typed anew', () => {
  const registry = { url: 'https://registry:8081', auth: { type: 'basic' as const, username: 'cdc' }, allowPrivateNetwork: true };
  const config = {
    type: 'Kafka' as const,
    brokers: ['a:9092'],
    tls: false,
    sasl: { mechanism: 'plain' as const, username: 'one' },
    registry,
  };
  const stored: SinkTargetDto = { ...http, config };
  const form = formOfTarget(stored);
  expect(checkTarget(form, stored)).toMatchObject({ ok: true, input: { config } });
  expect(checkTarget({ ...form, secret: 'sasl' }, stored)).toMatchObject({ ok: false, problems: [{ field: 'config.registry.secret' }] });
  expect(checkTarget({ ...form, registryUser: 'other' }, stored)).toMatchObject({ ok: false, problems: [{ field: 'secret' }] });
  const typed = checkTarget({ ...form, secret: 'sasl', registrySecret: 'of the registry' }, stored);
  const secret = typed.ok ? (typed.input.secret ?? null) : null;
  expect([splitKafkaSecret(secret).sasl, splitRegistrySecret(secret).registry]).toEqual(['sasl', 'of the registry']);
});

it('SQS: an access key of its own for each region or endpoint, and none for the role of the worker', () => {
  const config = {
    type: 'Sqs' as const,
    region: 'eu-central-1',
    credentials: { type: 'static' as const, accessKeyId: 'AKIA1' },
    allowPrivateNetwork: false,
  };
  const stored: SinkTargetDto = { ...http, config };
  const form = formOfTarget(stored);
  expect(checkTarget(form, stored)).toMatchObject({ ok: true, input: { config } });
  for (const moved of [{ region: 'eu-west-1' }, { endpoint: 'https://elsewhere.example' }, { accessKeyId: 'AKIA2' }]) {
    expect(checkTarget({ ...form, ...moved }, stored)).toMatchObject({ ok: false, problems: [{ field: 'secret' }] });
  }
  expect(checkTarget({ ...form, credentials: 'workerRole' }, stored)).toMatchObject({
    ok: true,
    input: { config: { credentials: { type: 'workerRole' } } },
  });
  expect(checkTarget({ ...form, region: 'Frankfurt' }, stored)).toMatchObject({ ok: false, problems: [{ field: 'config.region' }] });
});

it('Nakadi: the client secret is asked for again when bus, token server or client change', () => {
  const auth = { type: 'clientCredentials' as const, tokenUrl: 'https://login.example/token', clientId: 'one' };
  const config = { type: 'Nakadi' as const, url: 'https://nakadi.example', auth, allowPrivateNetwork: false, timeoutMs: 10_000 };
  const stored: SinkTargetDto = { ...http, config };
  const form = formOfTarget(stored);
  expect(checkTarget(form, stored)).toMatchObject({ ok: true, input: { config } });
  for (const moved of [
    { url: 'https://other.example' },
    { tokenUrl: 'https://other.example/token' },
    { clientId: 'two' },
    { nakadiAuth: 'token' as const },
  ]) {
    expect(checkTarget({ ...form, ...moved }, stored)).toMatchObject({ ok: false, problems: [{ field: 'secret' }] });
  }
});
