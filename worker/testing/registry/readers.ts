import { Ajv } from 'ajv';
import avsc from 'avsc';
import protobuf from 'protobufjs';
import type { ConnectSchema } from '@/worker/flow/flow';

/**
 * Readers of what goes to Kafka by a schema's text alone: avsc, protobufjs and ajv, none of which wrote it. What they give is put into one
 * form by the Connect schema, so that it can be compared with the JSON of the same event: digits for int64, base64 for bytes.
 */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

const LONG = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (left: bigint, right: bigint) => (left === right ? 0 : left < right ? -1 : 1),
});

export function readAvro(text: string, body: Buffer, schema: ConnectSchema): Plain {
  const type = once(`avro ${text}`, () =>
    // Every int64 whole; avsc makes a number of a long unless it is told otherwise.
    avsc.Type.forSchema(JSON.parse(text) as avsc.Schema, { typeHook: (each) => (isLong(each) ? LONG : undefined) }),
  );
  return plain(type.fromBuffer(body), schema);
}

/** `body` begins with the path to the message: a single 0. */
export function readProtobuf(text: string, body: Buffer, schema: ConnectSchema): Plain {
  if (body[0] !== 0) throw new Error('the first byte is no path to the first message');
  const type = once(`protobuf ${text}`, () => {
    const { root, package: name = '' } = protobuf.parse(text, { keepCase: true });
    return root.lookupType(`${name}.${/^message (\w+)/m.exec(text)?.[1]}`);
  });
  const read = type.toObject(type.decode(body.subarray(1)), { longs: String, bytes: String });
  return plain(read, schema);
}

const isLong = (schema: unknown) =>
  schema === 'long' || (typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'long');

const compiled = new Map<string, unknown>();
/** What is compiled of a schema's text, once. */
function once<T>(name: string, make: () => T): T {
  const known = compiled.get(name) as T | undefined;
  if (known !== undefined) return known;
  const made = make();
  compiled.set(name, made);
  return made;
}

const AJV = new Ajv({ strict: false, validateSchema: false, code: { optimize: false } });

/** Throws when the text is not as its schema says. */
export function readJsonSchema(text: string, body: Buffer): string {
  const json = body.toString('utf8');
  const validate = once(`json ${text}`, () => AJV.compile(JSON.parse(text) as object));
  if (!validate(JSON.parse(json))) throw new Error(AJV.errorsText(validate.errors));
  return json;
}

/** What a reader gave, or JSON, in the one form. */
export function plain(value: unknown, schema: ConnectSchema): Plain {
  if (value === null || value === undefined) return null;
  switch (schema.type) {
    case 'struct': {
      const read = value as Record<string, unknown>;
      return Object.fromEntries(schema.fields.map((field) => [field.field, plain(valueIn(read, field.field), field)]));
    }
    case 'array': {
      const items = Array.isArray(value) ? value : ((value as { items?: { value?: unknown }[] }).items ?? []).map((item) => item.value);
      return items.map((item) => plain(item, schema.items));
    }
    case 'map': {
      const { entries } = value as { entries?: { key: string; value?: unknown }[] };
      const pairs = Array.isArray(entries) ? entries.map((entry) => [entry.key, entry.value] as const) : Object.entries(value);
      return Object.fromEntries(pairs.map(([key, each]) => [key, plain(each, schema.values)]));
    }
    case 'int64':
      return String(value);
    case 'float':
      return String(Math.fround(Number(value)));
    case 'double':
      return String(Number(value));
    case 'bytes': {
      if (Buffer.isBuffer(value) || value instanceof Uint8Array) return Buffer.from(value).toString('base64');
      // Protocol Buffers: a decimal is a message with its scale.
      const { unscaled, scale } = value as { unscaled?: string; scale?: number };
      if (unscaled === undefined) return typeof value === 'string' ? value : '';
      return scale === Number(schema.parameters?.scale) ? unscaled : `scale ${scale}`;
    }
    default:
      return value as Plain;
  }
}

/** A field by its name, or by what its name had to become. */
function valueIn(read: Record<string, unknown>, name: string): unknown {
  const legal = name.replace(/[^A-Za-z0-9_]/g, '_');
  return name in read ? read[name] : read[/^[A-Za-z_]/.test(legal) ? legal : `_${legal}`];
}
