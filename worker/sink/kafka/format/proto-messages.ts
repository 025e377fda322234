import type { ArraySchema, ConnectField, ConnectSchema, MapSchema, StructSchema } from '@/worker/flow/flow';
import { legalDotted, legalFields, legalName } from './names';
import { assignNumbers, type KnownNumbers, type MessageNumbers } from './proto-numbers';

/** One field of a message; `type` is a scalar of Protocol Buffers or the name of a message beside it. */
export interface ProtoField {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly repeated: boolean;
  /** What it means, where Kafka Connect has a name for it. */
  readonly means?: string;
}
export interface ProtoMessage {
  readonly name: string;
  readonly fields: readonly ProtoField[];
  readonly gone: MessageNumbers['gone'];
}
export interface ProtoFile {
  readonly text: string;
  /** By its name; the first is the one that is sent, the others are nested in it. */
  readonly messages: ReadonlyMap<string, ProtoMessage>;
}

export const PROTO_SCALARS = {
  boolean: 'bool',
  int16: 'int32',
  int32: 'int32',
  int64: 'int64',
  float: 'float',
  double: 'double',
  string: 'string',
  bytes: 'bytes',
} as const;
const DECIMAL = 'org.apache.kafka.connect.data.Decimal';

/** Which message stands for a value that is no plain scalar; null = it is one. */
export function messageNameOf(schema: ConnectSchema): string | null {
  switch (schema.type) {
    case 'struct':
      return legalName((schema.name ?? 'Record').split('.').at(-1) ?? 'Record');
    case 'array':
      return `${wordOf(schema.items)}List`;
    case 'map':
      return `${wordOf(schema.values)}Map`;
    default:
      return schema.name === DECIMAL ? 'Decimal' : null;
  }
}

function wordOf(schema: ConnectSchema): string {
  const { type } = schema;
  return messageNameOf(schema) ?? `${type.charAt(0).toUpperCase()}${type.slice(1)}`;
}

/**
 * The .proto file of a Connect schema: one message that has all others nested, every field with presence. Lists, maps and decimals are
 * messages, because plain ones know no NULL in them and no scale. Fields keep the numbers that `known` gives them.
 */
export function protoFile(schema: StructSchema, known: KnownNumbers): ProtoFile {
  const messages = new Map<string, ProtoMessage>();
  const root = messageNameOf(schema) ?? 'Record';
  define(schema, root, root, known, messages);
  const full = legalDotted(schema.name ?? root);
  const dot = full.lastIndexOf('.');
  const [first, ...nested] = [...messages.values()];
  const lines = [
    'syntax = "proto3";',
    ...(dot > 0 ? [`package ${full.slice(0, dot)};`] : []),
    '',
    ...(first ? messageLines(first, nested) : []),
    '',
  ];
  return { text: lines.join('\n'), messages };
}

function define(schema: ConnectSchema, name: string, root: string, known: KnownNumbers, messages: Map<string, ProtoMessage>): void {
  if (messages.has(name)) return;
  const add = (fields: readonly Omit<ProtoField, 'number'>[]) => {
    const numbers = assignNumbers(
      fields.map((field) => field.name),
      known.get(name === root ? root : `${root}.${name}`),
    );
    const numbered = fields.map((field) => ({ ...field, number: numbers.fields.get(field.name) ?? 0 }));
    messages.set(name, { name, fields: numbered, gone: numbers.gone });
  };
  switch (schema.type) {
    case 'struct':
      add(fieldsOf(schema.fields));
      for (const field of schema.fields) nest(field, root, known, messages);
      break;
    case 'array':
      add([{ name: 'items', type: itemName(schema), repeated: true }]);
      messages.set(itemName(schema), {
        name: itemName(schema),
        fields: [{ name: 'value', number: 1, repeated: false, ...typeOf(schema.items) }],
        gone: new Map(),
      });
      nest(schema.items, root, known, messages);
      break;
    case 'map':
      add([{ name: 'entries', type: itemName(schema), repeated: true }]);
      messages.set(itemName(schema), {
        name: itemName(schema),
        fields: [
          { name: 'key', number: 1, type: 'string', repeated: false },
          { name: 'value', number: 2, repeated: false, ...typeOf(schema.values) },
        ],
        gone: new Map(),
      });
      nest(schema.values, root, known, messages);
      break;
    default:
      add([
        { name: 'unscaled', type: 'bytes', repeated: false },
        { name: 'scale', type: 'int32', repeated: false },
      ]);
  }
}

export function itemName(schema: ArraySchema | MapSchema): string {
  return `${messageNameOf(schema)}${schema.type === 'array' ? 'Item' : 'Entry'}`;
}

function nest(schema: ConnectSchema, root: string, known: KnownNumbers, messages: Map<string, ProtoMessage>): void {
  const name = messageNameOf(schema);
  if (name) define(schema, name, root, known, messages);
}

function fieldsOf(fields: readonly ConnectField[]): Omit<ProtoField, 'number'>[] {
  const names = legalFields(fields.map(({ field }) => field));
  return fields.map((field, index) => ({ name: names[index] ?? field.field, repeated: false, ...typeOf(field) }));
}

function typeOf(schema: ConnectSchema): Pick<ProtoField, 'type' | 'means'> {
  const message = messageNameOf(schema);
  const means = schema.name && schema.type !== 'struct' && schema.name !== DECIMAL ? { means: schema.name } : {};
  if (message) return { type: message, ...means };
  return { type: PROTO_SCALARS[schema.type as keyof typeof PROTO_SCALARS], ...means };
}

function messageLines(message: ProtoMessage, nested: readonly ProtoMessage[], indent = ''): string[] {
  return [
    `${indent}message ${message.name} {`,
    ...[...message.gone].map(([name, number]) => `${indent}  reserved ${number}; reserved "${name}";`),
    ...message.fields.map(
      ({ name, number, type, repeated, means }) =>
        `${indent}  ${repeated ? 'repeated' : 'optional'} ${type} ${name} = ${number};${means ? ` // ${means}` : ''}`,
    ),
    ...nested.flatMap((each) => ['', ...messageLines(each, [], `${indent}  `)]),
    `${indent}}`,
  ];
}
