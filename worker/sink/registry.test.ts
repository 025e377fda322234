import { expect, it } from 'vitest';
import { createSink } from './registry';
import type { SinkContext } from './sink';

const CONTEXT: SinkContext = { streamId: 's', streamName: 'orders', epoch: 1, catalogUrl: 'postgres://u:p@127.0.0.1:1/c' };

it('makes the sink of the spec on its target, connecting to nothing', async () => {
  const log = await createSink({ type: 'EventLog', target: 'log' }, { type: 'EventLog', store: 'catalog' }, null, CONTEXT);
  expect(log.limits.partialOutcomes).toBe(false);
  const http = await createSink(
    { type: 'Http', target: 'hook', maxBatchSize: 1 },
    { type: 'Http', url: 'https://example.com/', allowPrivateNetwork: false, timeoutMs: 1_000 },
    null,
    CONTEXT,
  );
  expect(http.limits).toMatchObject({ partialOutcomes: true, maxBatchEvents: 1 });
  const kafka = await createSink(
    { type: 'Kafka', target: 'bus', topic: 'orders', tombstones: true },
    { type: 'Kafka', brokers: ['127.0.0.1:1'], tls: false },
    null,
    CONTEXT,
  );
  expect(kafka.limits.partialOutcomes).toBe(false);
  await Promise.all([log, http, kafka].map((sink) => sink.close()));
});

it('refuses a target of another type', async () => {
  await expect(
    createSink({ type: 'EventLog', target: 'log' }, { type: 'Kafka', brokers: ['h:1'], tls: false }, null, CONTEXT),
  ).rejects.toThrow(expect.objectContaining({ kind: 'sink_misconfigured', message: expect.stringContaining('type Kafka') }));
});
