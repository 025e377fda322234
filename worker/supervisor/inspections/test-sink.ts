import type { InspectionAnswer, InspectionInput } from '@/core/dto/inspection';
import { SpillwayError } from '@/core/errors';
import { type SinkSpec, sinkSpec } from '@/core/spec/sink/sink-spec';
import type { SinkTargetConfig } from '@/core/spec/sink-target';
import { checkLambdaTarget } from '@/worker/flow/lambda/check';
import { createSink } from '@/worker/sink/registry';
import { sinkTargetById } from '../catalog/sink-targets';
import { openSinkSecret } from '../connections';
import { type InspectionContext, openAsked } from './context';

/** Tests a sink target, registered or as typed. Sends no event and creates nothing. */
export async function testSink(input: InspectionInput<'test-sink'>, context: InspectionContext): Promise<InspectionAnswer<'test-sink'>> {
  const { config, secret } = await targetOf(input, context);
  if (config.type === 'AwsLambda') return { steps: await checkLambdaTarget(config, secret, context.signal) };
  const sink = await createSink(probeSpec(config), config, secret, {
    streamId: '00000000-0000-0000-0000-000000000000',
    streamName: 'connection-test',
    epoch: 0,
    catalogUrl: context.catalog.url,
  });
  try {
    const steps = await sink.check(context.signal);
    // A target alone has no topic, queue or event type yet: what a stream will write to is checked with the stream.
    return { steps: steps.filter((step) => !['Topic', 'Queue', 'Event type'].includes(step.name)) };
  } finally {
    await sink.close().catch(() => undefined);
  }
}

async function targetOf(
  input: InspectionInput<'test-sink'>,
  { catalog, privateKey }: InspectionContext,
): Promise<{ config: SinkTargetConfig; secret: string | null }> {
  if ('targetId' in input) {
    const row = await sinkTargetById(catalog.query, input.targetId);
    if (!row) throw new SpillwayError('not_found', 'this sink target is not registered any more');
    return { config: row.config, secret: openSinkSecret(row, privateKey) };
  }
  const { config, sealedSecret, sealContext } = input;
  return { config, secret: sealedSecret && sealContext ? openAsked(sealedSecret, sealContext, 'sink-target', privateKey) : null };
}

type EventTarget = Exclude<SinkTargetConfig, { type: 'AwsLambda' }>;

function probeSpec(config: EventTarget): SinkSpec {
  const target = 'connection-test';
  return sinkSpec.parse({ target, ...probeOf(config) });
}

function probeOf({ type }: EventTarget): Record<string, unknown> {
  switch (type) {
    case 'EventLog':
    case 'Http':
      return { type };
    case 'Kafka':
      return { type, topic: 'spillway-connection-test' };
    case 'Nakadi':
      return { type, eventType: 'spillway.connection-test' };
    case 'Sqs':
      return { type: 'SqsStandard', queueName: 'spillway-connection-test' };
  }
}
