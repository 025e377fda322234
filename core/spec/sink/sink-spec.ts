import * as z from 'zod';
import { eventLogSink } from './event-log';
import { httpSink } from './http';
import { kafkaSink } from './kafka';

export const sinkSpec = z.discriminatedUnion('type', [eventLogSink, httpSink, kafkaSink]);
export type SinkSpec = z.infer<typeof sinkSpec>;
export type SinkType = SinkSpec['type'];
export const SINK_TYPES = ['EventLog', 'Http', 'Kafka'] as const satisfies readonly SinkType[];
