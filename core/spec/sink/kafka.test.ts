import { describe, expect, it } from 'vitest';
import { kafkaSink } from './kafka';
import { kafkaAudience, kafkaNeedsSecret, splitKafkaSecret } from './kafka-target';
import { topicColumns, topicFor, topicProblem } from './topic-template';

const VALUES = { application: 'shop', schema: 'public', table: 'orders', columns: { tenant: 'north' } };

describe('a topic by template', () => {
  it('is what its placeholders stand for', () => {
    expect(topicFor('{application}.{schema}.{table}.v1', VALUES)).toBe('shop.public.orders.v1');
    expect(topicFor('orders.{column:tenant}', VALUES)).toBe('orders.north');
    expect(topicFor('plain-name', VALUES)).toBe('plain-name');
    expect(topicColumns('{column:tenant}.{table}.{column:tenant}.{column:kind}')).toEqual(['tenant', 'kind']);
  });

  it.each(['', 'a b', 'ä', '{tabel}', '{column:}', 'x{', '..', 'x'.repeat(250)])('%j is none', (text) => {
    expect(topicProblem(text)).not.toBeNull();
    expect(kafkaSink.safeParse({ type: 'Kafka', target: 'bus', topic: text }).success).toBe(false);
  });

  it.each([
    ['{column:tenant}', { tenant: 'nørth' }, 'Kafka takes only'],
    ['{column:tenant}', { tenant: '' }, 'Kafka takes only'],
    ['{column:tenant}', { tenant: null }, 'never NULL'],
    ['{column:tenant}', {}, 'replica identity'],
    ['{column:tenant}', { tenant: 'x'.repeat(250) }, '249'],
    ['{column:tenant}', { tenant: '..' }, '249'],
  ])('%s of %j is refused with what to do: no two tenants meet in one topic by a replaced character', (template, columns, remedy) => {
    expect(() => topicFor(template, { ...VALUES, columns: columns as Record<string, string | null> })).toThrow(
      expect.objectContaining({ kind: 'sink_misconfigured', detail: expect.objectContaining({ remedy: expect.stringContaining(remedy) }) }),
    );
  });
});

it.each([
  [{ expression: 'row.a' }, true],
  [{ expression: 'row.a', salt: 1024 }, true],
  [{ expression: ' ' }, false],
  [{ expression: 'x'.repeat(1_001) }, false],
  [{ expression: 'row.a', salt: 1 }, false],
  [{ expression: 'row.a', salt: 1025 }, false],
])('a key by expression of %j: %s', (part, good) => {
  expect(kafkaSink.safeParse({ type: 'Kafka', target: 'bus', topic: 't', key: { type: 'Expression', ...part } }).success).toBe(good);
});

describe('the secret of a Kafka target', () => {
  const key = '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----';
  it('is the SASL secret, and below it the private key of the client certificate', () => {
    expect(splitKafkaSecret(null)).toEqual({ sasl: null, privateKey: null });
    expect(splitKafkaSecret('pass\nword')).toEqual({ sasl: 'pass\nword', privateKey: null });
    expect(splitKafkaSecret(key)).toEqual({ sasl: null, privateKey: key });
    expect(splitKafkaSecret(`password\n${key}`)).toEqual({ sasl: 'password', privateKey: key });
  });

  it('is needed unless the worker’s own role signs in, and typed again when it is another’s', () => {
    const msk = { sasl: { mechanism: 'aws-msk-iam', region: 'eu-central-1' } } as const;
    expect([{}, msk].map(kafkaNeedsSecret)).toEqual([false, false]);
    expect(kafkaNeedsSecret({ sasl: { ...msk.sasl, accessKeyId: 'AKIA0000000000000000' } })).toBe(true);
    expect(kafkaNeedsSecret({ clientCertificate: 'pem' })).toBe(true);
    const oauth = (tokenUrl: string) => kafkaAudience({ sasl: { mechanism: 'oauthbearer', tokenUrl, clientId: 'c' } });
    expect(oauth('https://a/token')).toBe(oauth('https://a/other'));
    expect(oauth('https://a/token')).not.toBe(oauth('https://b/token'));
  });
});
