import { SpillwayError } from '@/core/errors';
import type { SinkSpec } from '@/core/spec/sink/sink-spec';
import type { SinkTargetConfig, SinkTargetConfigOf } from '@/core/spec/sink-target';
import { createEventLogSink } from './event-log/event-log-sink';
import { createHttpSink } from './http/http-sink';
import { createKafkaSink } from './kafka/kafka-sink';
import { createNakadiSink } from './nakadi/nakadi-sink';
import type { Sink, SinkContext } from './sink';
import { createSqsSink } from './sqs/sqs-sink';

/**
 * Makes the sink that a spec names, on the registered target it points to. Connects to nothing yet.
 * Throws sink_misconfigured when the target is of another type or its settings cannot work.
 */
export function createSink(spec: SinkSpec, config: SinkTargetConfig, secret: string | null, context: SinkContext): Sink {
  switch (spec.type) {
    case 'EventLog':
      return createEventLogSink(spec, ofType(spec.type, config), secret, context);
    case 'Http':
      return createHttpSink(spec, ofType(spec.type, config), secret, context);
    case 'Kafka':
      return createKafkaSink(spec, ofType(spec.type, config), secret, context);
    case 'Nakadi':
      return createNakadiSink(spec, ofType(spec.type, config), secret, context);
    case 'SqsFifo':
    case 'SqsStandard':
      return createSqsSink(spec, ofType('Sqs', config), secret);
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
