import type { ConnectSchema } from '@/worker/flow/flow';
import { ByteWriter } from './byte-writer';
import { arrayOf, booleanOf, bytesOf, doubleOf, intOf, longOf, objectOf, refuse, stringOf } from './fit';
import type { JsonValue } from './json-value';
import { itemName, messageNameOf, type ProtoFile, type ProtoMessage } from './proto-messages';

type WriteMessage = (value: JsonValue, to: ByteWriter) => void;
/** Tag and value of one field that is there. */
type WriteField = (value: JsonValue, to: ByteWriter) => void;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Writes values of this schema as the first message of the file. Throws DoesNotFit. */
export function protobufWriter(schema: ConnectSchema, file: ProtoFile): WriteMessage {
  return new Compiler(file).message(schema, '');
}

class Compiler {
  constructor(private readonly file: ProtoFile) {}

  #defined(schema: ConnectSchema): ProtoMessage {
    const message = this.file.messages.get(messageNameOf(schema) ?? '');
    if (!message) throw new Error(`no message stands for ${schema.name ?? schema.type}`);
    return message;
  }

  message(schema: ConnectSchema, path: string): WriteMessage {
    const message = this.#defined(schema);
    switch (schema.type) {
      case 'struct': {
        const fields = schema.fields.map((field, index) => {
          const at = path ? `${path}.${field.field}` : field.field;
          return { name: field.field, schema: field, path: at, write: this.#field(field, message.fields[index]?.number ?? 0, at) };
        });
        return (value, to) => {
          const object = objectOf(value, schema, path);
          for (const field of fields) {
            const each = object[field.name];
            if (each !== null && each !== undefined) field.write(each, to);
            else if (!field.schema.optional) refuse(field.path, field.schema, each);
          }
        };
      }
      case 'array': {
        const item = this.#field(schema.items, 1, path);
        return (value, to) => {
          for (const each of arrayOf(value, schema, path)) embedded(1, to, (inner) => (each === null ? undefined : item(each, inner)));
        };
      }
      case 'map': {
        const item = this.#field(schema.values, this.#number(itemName(schema), 'value'), path);
        return (value, to) => {
          for (const [name, each] of Object.entries(objectOf(value, schema, path)))
            embedded(1, to, (inner) => {
              string(1, name, inner);
              if (each !== null) item(each, inner);
            });
        };
      }
      default: {
        // A decimal: its unscaled value and its scale.
        const scale = BigInt(schema.parameters?.scale ?? '0');
        return (value, to) => {
          bytes(1, bytesOf(value, schema, path), to);
          tag(2, VARINT, to);
          to.varint64(scale);
        };
      }
    }
  }

  #number(message: string, field: string): number {
    return this.file.messages.get(message)?.fields.find(({ name }) => name === field)?.number ?? 0;
  }

  #field(schema: ConnectSchema, number: number, path: string): WriteField {
    if (messageNameOf(schema) !== null) {
      const write = this.message(schema, path);
      return (value, to) => embedded(number, to, (inner) => write(value, inner));
    }
    switch (schema.type) {
      case 'boolean':
        return (value, to) => {
          tag(number, VARINT, to);
          to.byte(booleanOf(value, schema, path) ? 1 : 0);
        };
      case 'int16':
      case 'int32':
        return (value, to) => integer(number, intOf(value, schema, path), to);
      case 'int64':
        return (value, to) => integer(number, longOf(value, schema, path), to);
      case 'float':
        return (value, to) => {
          tag(number, FIXED32, to);
          to.float(doubleOf(value, schema, path));
        };
      case 'double':
        return (value, to) => {
          tag(number, FIXED64, to);
          to.double(doubleOf(value, schema, path));
        };
      case 'bytes':
        return (value, to) => bytes(number, bytesOf(value, schema, path), to);
      default:
        return (value, to) => string(number, stringOf(value, schema, path), to);
    }
  }
}

function tag(number: number, wireType: number, to: ByteWriter): void {
  to.varint(number * 8 + wireType);
}

function integer(number: number, value: number | bigint, to: ByteWriter): void {
  tag(number, VARINT, to);
  if (typeof value === 'number' && value >= 0) to.varint(value);
  else to.varint64(BigInt(value));
}

function bytes(number: number, value: Buffer, to: ByteWriter): void {
  tag(number, LENGTH, to);
  to.varint(value.length);
  to.bytes(value);
}

function string(number: number, value: string, to: ByteWriter): void {
  const length = Buffer.byteLength(value);
  tag(number, LENGTH, to);
  to.varint(length);
  to.utf8(value, length);
}

/** A message in a field: its length comes first, so it is written aside. */
function embedded(number: number, to: ByteWriter, write: (inner: ByteWriter) => void): void {
  const inner = new ByteWriter(64);
  write(inner);
  bytes(number, inner.take(), to);
}
