import { SpillwayError } from '../../errors';

/** Topic names that Kafka takes: 1 to 249 of these, not `.` or `..` (org.apache.kafka.common.internals.Topic). */
const LEGAL = /^[a-zA-Z0-9._-]{1,249}$/;
const PLACEHOLDER = /\{([^{}]*)\}/g;
const NAMES = ['application', 'schema', 'table'] as const;
const ROUTED = 'routed';
const COLUMN = 'column:';

/** What stands for the placeholders of a template; `columns` are values of one row as text. */
export interface TopicValues {
  readonly application: string;
  readonly schema: string;
  readonly table: string;
  readonly columns?: Readonly<Record<string, string | null>>;
  /** Where the flow says that the event goes; only an outbox does. */
  readonly routed?: string;
}

/** Why a text is no topic and no template of one; null when it is. */
export function topicProblem(text: string): string | null {
  for (const [, name = ''] of text.matchAll(PLACEHOLDER)) {
    const known = name === ROUTED || NAMES.some((each) => each === name) || (name.startsWith(COLUMN) && name.length > COLUMN.length);
    if (!known) return `{${name}} is not known: use {application}, {schema}, {table}, {column:<name>} or, of an Outbox flow, {routed}`;
  }
  const fixed = text.replace(PLACEHOLDER, 'x');
  if (!LEGAL.test(fixed)) return 'use 1 to 249 of a-z A-Z 0-9 . _ - and placeholders such as {table}';
  return text === '.' || text === '..' ? 'must not be "." or ".."' : null;
}

/** Columns of the row that the topic's name is made of. */
export function topicColumns(template: string): readonly string[] {
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name).filter((name) => name.startsWith(COLUMN));
  return [...new Set(names.map((name) => name.slice(COLUMN.length)))];
}

/** True when the topic is made of what the flow routes by: only an Outbox flow says where an event goes. */
export function topicIsRouted(template: string): boolean {
  return template.includes(`{${ROUTED}}`);
}

/**
 * The topic of one event. Throws sink_misconfigured when the result is no name that Kafka takes. Nothing is replaced by `_`: two
 * tenants must never share a topic because their names differ only in a character that Kafka does not know.
 */
export function topicFor(template: string, values: TopicValues): string {
  const name = template.replace(PLACEHOLDER, (_, placeholder: string) => {
    if (placeholder.startsWith(COLUMN)) return columnValue(placeholder.slice(COLUMN.length), values);
    if (placeholder === ROUTED) return routedValue(values);
    return part(placeholder, values[placeholder as (typeof NAMES)[number]]);
  });
  if (LEGAL.test(name) && name !== '.' && name !== '..') return name;
  throw refused(template, name, 'keep the name within 249 characters');
}

function columnValue(column: string, { columns }: TopicValues): string {
  const value = columns?.[column];
  if (value === undefined) {
    throw new SpillwayError('sink_misconfigured', `The topic is made of column ${column}, and the change does not carry it`, {
      remedy: `Add ${column} to the table's replica identity (or set it to FULL), or take it out of sink.topic.`,
    });
  }
  if (value === null) throw refused(`{${COLUMN}${column}}`, 'NULL', 'fill the column, or choose one that is never NULL');
  return part(column, value);
}

function routedValue({ routed }: TopicValues): string {
  if (routed !== undefined) return part(ROUTED, routed);
  throw new SpillwayError('sink_misconfigured', 'The topic is the one that the flow routes to, and this event has none', {
    remedy: 'Write the topic out, or leave such events (logical messages) out of the source.',
  });
}

function part(name: string, value: string): string {
  if (/^[a-zA-Z0-9._-]+$/.test(value)) return value;
  throw refused(name, value, 'Kafka takes only a-z A-Z 0-9 . _ - in a topic: choose another column, or write the name out');
}

function refused(field: string, value: string, remedy: string): SpillwayError {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return new SpillwayError('sink_misconfigured', `sink.topic: ${field} is "${shown}", which makes no topic name`, {
    remedy,
    problems: [{ field: 'sink.topic', value: shown, remedy }],
  });
}
