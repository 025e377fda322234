import type { SinkTargetConfig } from '@/core/spec/sink-target';

/** Where a target is, in one line. */
export function placeOf(config: SinkTargetConfig): string {
  switch (config.type) {
    case 'EventLog':
      return config.store === 'catalog' ? "In Spillway's own catalog" : 'In another Postgres';
    case 'Http':
      return config.url;
    case 'Kafka':
      return config.brokers.join(', ');
    case 'Nakadi':
      return config.url;
    case 'AwsLambda':
      return config.endpoint ?? `Lambda in ${config.region}`;
    case 'Sqs':
      return config.endpoint ?? `SQS in ${config.region}`;
  }
}
