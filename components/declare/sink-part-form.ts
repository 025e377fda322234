import type { SinkSpec, SinkType } from '@/core/spec/sink/sink-spec';
import { EMPTY_KAFKA_PART, formOfKafkaPart, type KafkaPartForm, kafkaPartOf, kafkaWords } from './kafka-part-form';
import { figure } from './typed';

/** The sink part as the wizard's fields hold it: every type's fields side by side. */
export interface SinkForm extends KafkaPartForm {
  readonly type: SinkType | '';
  readonly target: string;
  /** Kafka. Empty = `<app>.<schema>.<table>`. */
  readonly topic: string;
  readonly tombstones: boolean;
  /** Http; the batch size of Nakadi, too. */
  readonly path: string;
  readonly maxBatchSize: string;
  /** Sqs. */
  readonly queueName: string;
  readonly messagesPerRequest: string;
  /** Nakadi. */
  readonly eventType: string;
}

export const EMPTY_SINK_PART: SinkForm = {
  type: '',
  target: '',
  topic: '',
  tombstones: true,
  ...EMPTY_KAFKA_PART,
  path: '',
  maxBatchSize: '100',
  queueName: '',
  messagesPerRequest: '10',
  eventType: '',
};

/** The spec's sink, valid or not. `topic` is the one typed, or the stream's default. */
export function sinkOf(form: SinkForm, topic: string): Record<string, unknown> {
  const { type, target, path, maxBatchSize, tombstones, queueName, messagesPerRequest, eventType } = form;
  switch (type) {
    case 'Kafka':
      return { type, target, topic, tombstones, ...kafkaPartOf(form) };
    case 'Http':
      return { type, target, ...(path ? { path } : {}), maxBatchSize: figure(maxBatchSize) };
    case 'Nakadi':
      return { type, target, eventType: eventType.trim(), maxBatchSize: figure(maxBatchSize) };
    case 'SqsFifo':
    case 'SqsStandard':
      return { type, target, queueName: queueName.trim(), maxBatchSize: figure(messagesPerRequest) };
    case 'EventLog':
      return { type, target };
    case '':
      return { target };
  }
}

/** The form of a valid sink; fields of other types keep their values. */
export function formOfSinkPart(sink: SinkSpec, before: SinkForm): SinkForm {
  const { type, target } = sink;
  switch (sink.type) {
    case 'Kafka':
      return { ...before, type, target, topic: sink.topic, tombstones: sink.tombstones, ...formOfKafkaPart(sink) };
    case 'Http':
      return { ...before, type, target, path: sink.path ?? '', maxBatchSize: String(sink.maxBatchSize) };
    case 'Nakadi':
      return { ...before, type, target, eventType: sink.eventType, maxBatchSize: String(sink.maxBatchSize) };
    case 'SqsFifo':
    case 'SqsStandard':
      return { ...before, type, target, queueName: sink.queueName, messagesPerRequest: String(sink.maxBatchSize) };
    case 'EventLog':
      return { ...before, type, target };
  }
}

/** Where in the target the events go, for the summary; empty when there is nothing to say. */
export function placeInTarget(form: SinkForm, topic: string): string {
  switch (form.type) {
    case 'Kafka':
      return [`, topic ${topic}`, ...kafkaWords(form)].join(', ');
    case 'Http':
      return form.path;
    case 'Nakadi':
      return form.eventType ? `, event type ${form.eventType}` : '';
    case 'SqsFifo':
    case 'SqsStandard':
      return form.queueName ? `, queue ${form.queueName}` : '';
    case 'EventLog':
    case '':
      return '';
  }
}
