import { SpillwayError } from '@/core/errors';
import type { SinkSpec } from '@/core/spec/sink/sink-spec';
import type { SinkTargetConfig, SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { Sink, SinkContext } from './sink';

/**
 * Makes the sink that a spec names, on the registered target it points to. Connects to nothing yet. Each kind is loaded when a stream
 * names it: a process that posts over HTTP does not carry a Kafka client (6 MB of each stream's memory).
 * Rejects with sink_misconfigured when the target is of another type or its settings cannot work.
 */
export async function createSink(spec: SinkSpec, config: SinkTargetConfig, secret: string | null, context: SinkContext): Promise<Sink> {
  switch (spec.type) {
    case 'EventLog': {
      const { createEventLogSink } = await import('./event-log/event-log-sink');
      return createEventLogSink(spec, ofType(spec.type, config), secret, context);
    }
    case 'Http': {
      const { createHttpSink } = await import('./http/http-sink');
      return createHttpSink(spec, ofType(spec.type, config), secret, context);
    }
    case 'Kafka': {
      const { createKafkaSink } = await import('./kafka/kafka-sink');
      return createKafkaSink(spec, ofType(spec.type, config), secret, context);
    }
    case 'Nakadi': {
      const { createNakadiSink } = await import('./nakadi/nakadi-sink');
      return createNakadiSink(spec, ofType(spec.type, config), secret, context);
    }
    case 'SqsFifo':
    case 'SqsStandard': {
      const { createSqsSink } = await import('./sqs/sqs-sink');
      return createSqsSink(spec, ofType('Sqs', config), secret);
    }
  }
}

function ofType<T extends SinkTargetConfig['type']>(type: T, config: SinkTargetConfig): SinkTargetConfigOf<T> {
  if (!isOfType(type, config)) {
    throw new SpillwayError(
      'sink_misconfigured',
      `The stream wants a sink target of type ${type}, but its target is of type ${config.type}.`,
      {
        remedy: `Choose a sink target of type ${type}.`,
      },
    );
  }
  return config;
}

function isOfType<T extends SinkTargetConfig['type']>(type: T, config: SinkTargetConfig): config is SinkTargetConfigOf<T> {
  return config.type === type;
}
