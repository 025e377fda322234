import type { Change, EventPosition, Op } from '@/worker/source/source';

/** One message for the sink, made of one change. Most changes make one; a changed primary key makes three. */
export interface OutboundEvent {
  /** Stable over restarts: eventId(position), plus `.1`, `.2` for further messages of the same change. */
  readonly id: string;
  readonly position: EventPosition;
  readonly op: Op;
  readonly schema: string;
  readonly table: string;
  /** Canonical JSON of the key; null when the table has none. Order is kept per this text. */
  readonly key: string | null;
  /** UTF-8 payload; null = tombstone. */
  readonly payload: Buffer | null;
  readonly contentType: 'application/json';
  /** Small text headers such as Debezium's `__debezium.newkey`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Microseconds since the Unix epoch; null for snapshot rows. */
  readonly commitTimeUs: bigint | null;
  /** Where the flow routes it, for a sink that has places by name; absent = the sink decides by itself. */
  readonly routed?: string;
  /** When it happened by the row's own word, ms since the Unix epoch: the time of a Kafka record. */
  readonly eventTimeMs?: number;
  /** Values of the row that the sink asked for (`Sink.columns`); one that the change does not carry is missing. */
  readonly columns?: Readonly<Record<string, RowValue>>;
  /** What the sink's expression makes of the row (`Sink.keyExpression`); absent where the event is about no row. */
  readonly keyText?: string;
  /** What key and payload are like, for a sink that sends schemas; one object for all events of a shape. */
  readonly schemas?: EventSchemas;
}

/** The shapes of an event's key and payload; null = it has no key. */
export interface EventSchemas {
  readonly key: ConnectSchema | null;
  readonly value: ConnectSchema;
  /** Of the values that come in `OutboundEvent.columns`. */
  readonly columns: Readonly<Record<string, ConnectSchema>>;
}

/** A shape in Kafka Connect's words, its properties in the order in which JsonConverter writes them. `name` is what it means. */
export type ConnectSchema = ScalarSchema | StructSchema | ArraySchema | MapSchema;
interface Meaning {
  readonly optional: boolean;
  readonly name?: string;
  readonly version?: number;
  readonly doc?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly default?: string;
}
export interface ScalarSchema extends Meaning {
  readonly type: 'boolean' | 'int16' | 'int32' | 'int64' | 'float' | 'double' | 'string' | 'bytes';
}
export interface StructSchema extends Meaning {
  readonly type: 'struct';
  readonly fields: readonly ConnectField[];
}
export interface ArraySchema extends Meaning {
  readonly type: 'array';
  readonly items: ConnectSchema;
}
export interface MapSchema extends Meaning {
  readonly type: 'map';
  readonly keys: ConnectSchema;
  readonly values: ConnectSchema;
}
export type ConnectField = ConnectSchema & { readonly field: string };

/** One value of a row: as Postgres prints it (null = SQL NULL), and as JSON. */
export interface RowValue {
  readonly text: string | null;
  readonly json: string;
}

/** Why a change makes no message. */
export type FlowResult =
  | { readonly kind: 'events'; readonly events: readonly OutboundEvent[] }
  | { readonly kind: 'filtered'; readonly reason: string };

/** Turns changes into messages. Pure but for the clock it is given; a throw is poison, not an outage. */
export interface Flow {
  transform(change: Change, nowUs: bigint): FlowResult;
  /** The key that the change's messages have or, where none can be made, would have; null when that cannot be told. */
  keyOf(change: Change): string | null;
}

/** What a flow may know of its stream. */
export interface FlowContext {
  /** Debezium's `topic.prefix` and `source.name`: the applicationId. */
  readonly logicalName: string;
  readonly database: string;
  /** Send a tombstone after each delete. Only sinks with keys and null values ask for it. */
  readonly tombstones: boolean;
  readonly spillwayVersion: string;
  /** Tells the people who run the stream; nobody in a preview. */
  readonly notice?: (level: 'warn' | 'error', text: string) => void;
}
