import { expect, it } from 'vitest';
import { NAKADI_DEFAULTS } from '../flow-defaults';
import { problemsOf } from '../problems';
import { streamSpec } from '../stream-spec';
import { parseStreamYaml, printStreamYaml } from '../stream-yaml';
import { queueOf } from './queue-name';
import { sinkSpec } from './sink-spec';

const stream = (sink: object, flow: object) => ({
  applicationId: 'orders',
  source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: 'outbox' } },
  flow,
  sink,
  recovery: { type: 'None' },
});

it('a FIFO queue has one name, written with .fifo or without, and the form written is kept', () => {
  const spec = (queueName: string) => {
    const parsed = sinkSpec.parse({ type: 'SqsFifo', target: 'queues', queueName });
    return parsed.type === 'SqsFifo' ? [parsed.queueName, queueOf(parsed)] : [];
  };
  expect(spec('my-cdc-queue')).toEqual(['my-cdc-queue', 'my-cdc-queue.fifo']);
  expect(spec('my-cdc-queue.fifo')).toEqual(['my-cdc-queue.fifo', 'my-cdc-queue.fifo']);
  expect(sinkSpec.safeParse({ type: 'SqsStandard', target: 'queues', queueName: 'my-cdc-queue.fifo' }).success).toBe(false);
});

it('a Nakadi sink names the flow that it needs', () => {
  const sink = { type: 'Nakadi', target: 'bus', eventType: 'shop.order-changed' };
  const wrong = stream(sink, { type: 'DebeziumEnvelope' });
  const parsed = streamSpec.safeParse(wrong);
  expect(parsed.success ? [] : problemsOf(parsed.error, wrong)).toEqual([
    { field: 'flow.type', value: 'DebeziumEnvelope', remedy: expect.stringContaining('PostgresWalToGenericNakadiEvent') },
  ]);
  const yaml = printStreamYaml(stream(sink, { type: 'PostgresWalToGenericNakadiEvent' }));
  expect(parseStreamYaml(yaml)).toMatchObject({ ok: true, spec: { flow: NAKADI_DEFAULTS, sink: { ...sink, maxBatchSize: 100 } } });
  const rows = printStreamYaml(stream(sink, { ...NAKADI_DEFAULTS, payloadColumn: null }));
  expect(parseStreamYaml(rows)).toMatchObject({ ok: true, spec: { flow: { payloadColumn: null } } });
});
