import * as z from 'zod';
import { slug } from './names';
import { schemaRegistry } from './sink/kafka-registry';
import { kafkaAudience, kafkaSecurity } from './sink/kafka-target';
import type { SinkType } from './sink/sink-spec';

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
  ...kafkaSecurity,
  /** Where streams of formats such as Avro register their schemas. */
  registry: schemaRegistry.optional(),
});
/** An account of an Amazon service. */
const awsAccount = {
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'write the region as in eu-central-1'),
  /** Of a service that is not Amazon's, or of a VPC endpoint; absent = the region's public endpoint. */
  endpoint: z
    .url({ protocol: /^https?$/, error: 'give an absolute http or https URL' })
    .max(2000)
    .optional(),
  credentials: z.discriminatedUnion('type', [
    /** An access key; its secret half is the target's secret. */
    z.strictObject({ type: z.literal('static'), accessKeyId: z.string().regex(/^\w{1,128}$/, 'give the access key id, as in AKIA…') }),
    /** What the worker's machine has: environment, web identity, container or instance role (the SDK's default chain). */
    z.strictObject({ type: z.literal('workerRole') }),
  ]),
  allowPrivateNetwork: z.boolean().default(false),
};
const sqsConfig = z.strictObject({ type: z.literal('Sqs'), ...awsAccount });
/** Where conversions by a function run: not a place for events. */
const awsLambdaConfig = z.strictObject({ type: z.literal('AwsLambda'), ...awsAccount });
const nakadiConfig = z.strictObject({
  type: z.literal('Nakadi'),
  url: z.url({ protocol: /^https?$/, error: 'give an absolute http or https URL' }).max(2000),
  auth: z.discriminatedUnion('type', [
    /** A bearer token that somebody else renews; it is the target's secret. */
    z.strictObject({ type: z.literal('token') }),
    /** OAuth 2 client credentials; the client secret is the target's secret. */
    z.strictObject({
      type: z.literal('clientCredentials'),
      tokenUrl: z.url({ protocol: /^https?$/, error: 'give an absolute http or https URL' }).max(2000),
      clientId: z.string().min(1).max(200),
      scope: z.string().min(1).max(1000).optional(),
    }),
  ]),
  /** Of the bus and of the token server. */
  allowPrivateNetwork: z.boolean().default(false),
  timeoutMs: z.int().min(100).max(60_000).default(10_000),
});

export const sinkTargetConfig = z.discriminatedUnion('type', [
  awsLambdaConfig,
  eventLogConfig,
  httpConfig,
  kafkaConfig,
  nakadiConfig,
  sqsConfig,
]);
export type SinkTargetConfig = z.infer<typeof sinkTargetConfig>;
export type SinkTargetType = SinkTargetConfig['type'];
/** Types of targets that take events. */
export const EVENT_TARGET_TYPES = ['EventLog', 'Http', 'Kafka', 'Nakadi', 'Sqs'] as const satisfies readonly SinkTargetType[];
export type EventTargetType = (typeof EVENT_TARGET_TYPES)[number];
export const SINK_TARGET_TYPES = [...EVENT_TARGET_TYPES, 'AwsLambda'] as const satisfies readonly SinkTargetType[];
export type SinkTargetConfigOf<T extends SinkTargetConfig['type']> = Extract<SinkTargetConfig, { type: T }>;

/**
 * A sink target as typed by an admin. `secret` by type: Http = the Standard Webhooks signing secret (`whsec_…`),
 * Kafka = the SASL secret and, below it, the private key of the client certificate and the secret of the schema registry, EventLog with store `postgres` = the connection URL, Sqs and AwsLambda = the secret access key,
 * Nakadi = the bearer token, or the client secret.
 */
export const sinkTargetInput = z.strictObject({ name: slug, config: sinkTargetConfig, secret: z.string().min(1).max(12_000).optional() });
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
    case 'AwsLambda':
    case 'Sqs':
      return config.endpoint ? new URL(config.endpoint).host : config.region;
    case 'Nakadi': {
      const to = new URL(config.url).host;
      return config.auth.type === 'token' ? to : `${to} ${new URL(config.auth.tokenUrl).host}`;
    }
  }
}

/** Whom the secret is of, beside the host: when it changes, the secret must be typed again, too. */
export function sinkTargetUser(config: SinkTargetConfig): string {
  switch (config.type) {
    case 'Kafka':
      return kafkaAudience(config);
    case 'AwsLambda':
    case 'Sqs':
      return config.credentials.type === 'static' ? config.credentials.accessKeyId : '';
    case 'Nakadi':
      return config.auth.type === 'token' ? 'token' : config.auth.clientId;
    case 'EventLog':
    case 'Http':
      return '';
  }
}

/** The URLs in a config, by field. */
export function sinkTargetUrls(config: SinkTargetConfig): readonly (readonly [field: string, url: string])[] {
  switch (config.type) {
    case 'Http':
      return [['url', config.url]];
    case 'AwsLambda':
    case 'Sqs':
      return config.endpoint ? [['endpoint', config.endpoint]] : [];
    case 'Nakadi':
      return [['url', config.url], ...(config.auth.type === 'token' ? [] : [['auth.tokenUrl', config.auth.tokenUrl] as const])];
    case 'Kafka':
      return [
        ...(config.sasl?.mechanism === 'oauthbearer' ? [['sasl.tokenUrl', config.sasl.tokenUrl] as const] : []),
        ...(config.registry ? [['registry.url', config.registry.url] as const] : []),
      ];
    case 'EventLog':
      return [];
  }
}

/** The type of target that a sink needs: one SQS account serves queues of both kinds. */
export function targetTypeOf(type: SinkType): EventTargetType {
  switch (type) {
    case 'SqsFifo':
    case 'SqsStandard':
      return 'Sqs';
    case 'EventLog':
    case 'Http':
    case 'Kafka':
    case 'Nakadi':
      return type;
  }
}
