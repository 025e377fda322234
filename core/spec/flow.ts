import * as z from 'zod';

/** Debezium's change event, JSON without schema: {before, after, source, op, ts_ms, …}. */
const debeziumEnvelope = z.strictObject({
  type: z.literal('DebeziumEnvelope'),
});

export const flowSpec = z.discriminatedUnion('type', [debeziumEnvelope]);
export type FlowSpec = z.infer<typeof flowSpec>;
export type FlowType = FlowSpec['type'];
