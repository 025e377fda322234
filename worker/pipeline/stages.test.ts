import { expect, it } from 'vitest';
import { streamSpec } from '@/core/spec/stream-spec';
import { orderChange } from '@/worker/flow/filter/fixture';
import { DEFAULT_LIMITS } from './assignment';
import { makeStages } from './stages';

it.each(['at_least_once', 'exactly_once'])('events for Kafka come with what the key is made of: %s', async (delivery) => {
  const spec = streamSpec.parse({
    applicationId: 'orders',
    source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: 'orders' } },
    flow: { type: 'DebeziumEnvelope' },
    sink: { type: 'Kafka', target: 'bus', topic: '{column:note}', delivery, key: { type: 'Expression', expression: 'row.status + op' } },
    recovery: { type: 'None' },
  });
  const source = { host: '127.0.0.1', port: 1, database: 'shop', username: '', password: '', tlsMode: 'disable' as const };
  const assignment = {
    streamId: 's1',
    streamName: 'orders',
    revisionId: 'r1',
    revisionNumber: 1,
    spec,
    workerId: 'w1',
    epoch: 1,
    source,
    sinkConfig: { type: 'Kafka' as const, brokers: ['127.0.0.1:1'], tls: false },
    sinkSecret: null,
    catalogUrl: '',
    slotName: '',
    publicationName: '',
    systemIdentifier: null,
    consistentPoint: null,
    snapshotState: 'none' as const,
    promisedLsn: null,
    totals: { decoded: 0, delivered: 0, filtered: 0, deadLettered: 0, parked: 0, ignored: 0, spilled: 0 },
    limits: DEFAULT_LIMITS,
  };
  const { flow, sink } = await makeStages(assignment, undefined, (plain) => plain);
  expect(flow.transform(orderChange(), 0n)).toMatchObject({ events: [{ keyText: 'paidc', columns: { note: { text: 'a' } } }] });
  await sink.close();
});
