import * as z from 'zod';
import { slug } from './names';

/** A pipeline holds several copies of an event while it is made and sent; above this it would not keep to its memory. */
export const LARGEST_EVENT_BYTES = 16 * 1024 * 1024;

/** Non-secret settings of a registered sink target, by type. What is secret is typed beside it and sealed. */
const eventLogConfig = z.strictObject({
  type: z.literal('EventLog'),
  /** `catalog` = Spillway's own catalog database; `postgres` = another Postgres, whose URL is the secret. */
  store: z.enum(['catalog', 'postgres']).default('catalog'),
});
const httpConfig = z.strictObject({
  type: z.literal('Http'),
  url: z.url({ protocol: /^https?$/, error: 'give an absolute http or https URL' }).max(2000),
  /** Private and loopback addresses are refused unless an admin says so here. */
  allowPrivateNetwork: z.boolean().default(false),
  timeoutMs: z.int().min(100).max(60_000).default(10_000),
  /** What the receiver takes as one event, bytes; a larger one is `oversize`. Absent = 10 MiB. */
  maxEventBytes: z.int().min(1024).max(LARGEST_EVENT_BYTES).optional(),
});
const kafkaConfig = z.strictObject({
  type: z.literal('Kafka'),
  brokers: z.array(z.string().regex(/^[^\s:/]+:\d{1,5}$/, 'write each broker as host:port')).min(1, 'name at least one broker'),
  tls: z.boolean().default(false),
  /** The brokers' message.max.bytes, where it is to be known before they refuse; a larger event is `oversize`. Absent = 16 MiB. */
  maxEventBytes: z.int().min(1024).max(LARGEST_EVENT_BYTES).optional(),
  sasl: z.strictObject({ mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']), username: z.string().min(1) }).optional(),
});

export const sinkTargetConfig = z.discriminatedUnion('type', [eventLogConfig, httpConfig, kafkaConfig]);
export type SinkTargetConfig = z.infer<typeof sinkTargetConfig>;
export type SinkTargetConfigOf<T extends SinkTargetConfig['type']> = Extract<SinkTargetConfig, { type: T }>;

/**
 * A sink target as typed by an admin. `secret` by type: Http = the Standard Webhooks signing secret (`whsec_…`),
 * Kafka = the SASL password, EventLog with store `postgres` = the connection URL.
 */
export const sinkTargetInput = z.strictObject({ name: slug, config: sinkTargetConfig, secret: z.string().min(1).max(4000).optional() });
export type SinkTargetInput = z.infer<typeof sinkTargetInput>;

/** The host part of a config: when it changes, the secret must be typed again. */
export function sinkTargetHosts(config: SinkTargetConfig): string {
  switch (config.type) {
    case 'EventLog':
      return config.store;
    case 'Http':
      return new URL(config.url).host;
    case 'Kafka':
      return [...config.brokers].sort().join(',');
  }
}
