import * as z from 'zod';
import { eventLogSink } from './event-log';
import { httpSink } from './http';
import { kafkaSink } from './kafka';
import { nakadiSink } from './nakadi';
import { sqsFifoSink, sqsStandardSink } from './sqs';

export const sinkSpec = z.discriminatedUnion('type', [eventLogSink, httpSink, kafkaSink, nakadiSink, sqsFifoSink, sqsStandardSink]);
export type SinkSpec = z.infer<typeof sinkSpec>;
export type SinkType = SinkSpec['type'];
export const SINK_TYPES = ['EventLog', 'Http', 'Kafka', 'Nakadi', 'SqsFifo', 'SqsStandard'] as const satisfies readonly SinkType[];
