import { SpillwayError } from '@/core/errors';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import { topicColumns, topicFor } from '@/core/spec/sink/topic-template';
import type { OutboundEvent } from '@/worker/flow/flow';
import { positiveHash } from './murmur2';

/** Where one event goes. */
export interface Route {
  readonly topic: string;
  readonly key: string | null;
  /** Picks the partition instead of the key's hash; of any number of partitions. */
  readonly choose?: (partitions: number) => number;
}

/** Columns whose values have to come with the events. */
export function routingColumns({ topic, key }: KafkaSinkSpec): readonly string[] {
  const ofKey = key?.type === 'Columns' ? key.columns : key?.type === 'Tenant' ? [key.column] : [];
  return [...new Set([...topicColumns(topic), ...ofKey])];
}

/** The expression whose value has to come with the events. */
export function keyExpression({ key }: KafkaSinkSpec): string | undefined {
  return key?.type === 'Expression' ? key.expression : undefined;
}

/** The topic when it is the same for every event; null when it is made of the row or of the table's name. */
export function fixedTopic(topic: string, application: string): string | null {
  if (/\{(?:schema|table|column:|routed\})/.test(topic)) return null;
  return topicFor(topic, { application, schema: '', table: '' });
}

/** The topic of a table's events where no value of a row is in its name; null where one is. */
export function topicOfTable(spec: KafkaSinkSpec, application: string, { schema, table }: OutboundEvent): string | null {
  return /\{(?:column:|routed\})/.test(spec.topic) ? null : topicFor(spec.topic, { application, schema, table });
}

/**
 * Topic, key and partition of an event. Throws sink_misconfigured when the row gives no topic or no key: which row it is, is the
 * caller's to say.
 */
export function routeOf(spec: KafkaSinkSpec, application: string, event: OutboundEvent): Route {
  const { schema, table, columns = {}, routed } = event;
  const texts = Object.fromEntries(Object.entries(columns).map(([name, { text }]) => [name, text]));
  const topic = topicFor(spec.topic, { application, schema, table, columns: texts, routed });
  const { key } = spec;
  // A truncate is about no row; what has no key by its table has none by chosen columns only when it is one.
  if (!key || key.type === 'PrimaryKey' || event.op === 't') return { topic, key: event.key };
  if (key.type === 'Columns') return { topic, key: keyOfColumns(key.columns, key.salt, event) };
  if (key.type === 'Expression') return { topic, key: keyOfExpression(key.salt, event) };
  const tenant = jsonOf(key.column, event);
  const first = positiveHash(tenant);
  const shard = event.key === null ? 0 : positiveHash(event.key) % key.shards;
  return { topic, key: event.key, choose: (partitions) => (first + shard) % partitions };
}

function keyOfColumns(names: readonly string[], salt: number | undefined, event: OutboundEvent): string {
  const fields = names.map((name) => `${JSON.stringify(name)}:${jsonOf(name, event)}`);
  if (salt !== undefined) fields.push(`"salt":${saltOf(event, salt)}`);
  return `{${fields.join(',')}}`;
}

/** Logical messages and the ends of transactions are about no row: they keep the key that they have. */
function keyOfExpression(salt: number | undefined, event: OutboundEvent): string | null {
  const { keyText, op, position } = event;
  if (op === 'm' || position.boundary !== undefined) return event.key;
  if (keyText === undefined)
    throw new SpillwayError('internal', `The key is made by an expression, and this change (op ${op}) came without its value`);
  // The part behind the last # is always the salt: two values never meet in one key.
  return salt === undefined ? keyText : `${keyText}#${saltOf(event, salt)}`;
}

/** Of the primary key: the same for every change of a row. */
function saltOf({ key }: OutboundEvent, salt: number): number {
  return positiveHash(key ?? '') % salt;
}

function jsonOf(column: string, { columns, op }: OutboundEvent): string {
  const value = columns?.[column];
  if (value) return value.json;
  throw new SpillwayError('sink_misconfigured', `The key is made of column ${column}, and this change (op ${op}) does not carry it`, {
    remedy: `Add ${column} to the table's replica identity (or set it to FULL), or choose another key.`,
  });
}
