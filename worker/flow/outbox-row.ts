import type { OutboxSpec } from '@/core/spec/outbox-flow';
import { type Relation, type Tuple, UNCHANGED } from '@/worker/source/source';
import { epochMicroseconds } from './value/date-time';
import { encodersIn } from './value/encoder';
import type { ValueModes } from './value/modes';

/** A Kafka record has no later time than a Java date, and nobody needs one. */
const LATEST_US = 253_402_300_799_999_999n;

/** A value of an outbox row as Postgres prints it, and as JSON. */
export interface OutboxValue {
  readonly text: string;
  readonly json: string;
}
/** Null = SQL NULL, or not sent. */
export type OutboxField = (row: Tuple) => OutboxValue | null;

/** The columns of one relation that the router asks for. */
export interface OutboxRow {
  readonly id: OutboxField;
  readonly key: OutboxField;
  readonly route: OutboxField;
  readonly payload: OutboxField;
  /** Ms since the Unix epoch; null when no column is named, it is NULL, or beyond any date. */
  readonly timeMs: (row: Tuple) => number | null;
  readonly extras: readonly { readonly placement: 'header' | 'envelope'; readonly name: string; readonly of: OutboxField }[];
}

/** Finds them by name, once per relation object. Throws when a column is missing that has to be there. */
export function outboxRowsOf(spec: OutboxSpec, modes: ValueModes): (relation: Relation) => OutboxRow {
  const compiled = new WeakMap<Relation, OutboxRow>();
  const jsonOf = encodersIn(modes);
  return (relation) => {
    let row = compiled.get(relation);
    if (!row) {
      row = compile(relation, spec, jsonOf);
      compiled.set(relation, row);
    }
    return row;
  };
}

function compile(relation: Relation, spec: OutboxSpec, jsonOf: ReturnType<typeof encodersIn>): OutboxRow {
  const reader = (name: string): OutboxField | null => {
    const index = relation.columns.findIndex((column) => column.name === name);
    const column = relation.columns[index];
    if (!column) return null;
    const encode = jsonOf(column);
    return (row) => {
      const text = row[index];
      return text === null || text === undefined || text === UNCHANGED ? null : { text, json: encode(text) };
    };
  };
  const field = (setting: string, name: string): OutboxField => {
    const found = reader(name);
    if (!found) throw new Error(`the table has no column "${name}", which ${setting} names`);
    return found;
  };
  const time = spec.fieldEventTimestamp === undefined ? null : field('fieldEventTimestamp', spec.fieldEventTimestamp);
  return {
    id: reader(spec.fieldEventId) ?? (() => null),
    key: field('fieldEventKey', spec.fieldEventKey),
    route: field('routeByField', spec.routeByField),
    payload: field('fieldEventPayload', spec.fieldEventPayload),
    timeMs: (row) => {
      const us = epochMicroseconds(time?.(row)?.text ?? '');
      return us === null || us < 0n || us > LATEST_US ? null : Number(us / 1000n);
    },
    extras: spec.fieldsAdditionalPlacement.map(({ field: name, placement, alias }) => ({
      placement,
      name: alias ?? name,
      of: field('fieldsAdditionalPlacement', name),
    })),
  };
}
