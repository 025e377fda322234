import type { ConnectSchema, StructSchema } from '@/worker/flow/flow';
import { avroSchema, avroWriter } from './avro';
import { ByteWriter } from './byte-writer';
import { checkerOf, jsonSchema } from './json-schema';
import { type JsonValue, readJson } from './json-value';
import { protoFile } from './proto-messages';
import { numbersIn } from './proto-numbers';
import { protobufWriter } from './protobuf';
import type { SchemaType } from './schema-registry';

/** How values of one schema become bytes. */
export interface Codec {
  readonly type: SchemaType;
  /** The schema's text as it is registered. */
  readonly text: string;
  /** JSON of a value, as Confluent's wire format has it. Throws DoesNotFit. */
  encode(json: string, id: number): Buffer;
}

/** `latest`: text of the schema that was registered last, by which fields of Protocol Buffers keep their numbers. */
export function codecOf(format: 'avro' | 'protobuf' | 'json_schema', schema: ConnectSchema, latest: string | null): Codec {
  switch (format) {
    case 'avro': {
      const write = avroWriter(schema);
      return { type: 'AVRO', text: avroSchema(schema), encode: (json, id) => framed(id, readJson(json), write) };
    }
    case 'protobuf': {
      const file = protoFile(schema as StructSchema, numbersIn(latest ?? ''));
      const write = protobufWriter(schema, file);
      // The path to the message in the file: the first one is written as a single 0.
      const encode = (json: string, id: number) =>
        framed(id, readJson(json), (value, to) => {
          to.byte(0);
          write(value, to);
        });
      return { type: 'PROTOBUF', text: file.text, encode };
    }
    case 'json_schema': {
      const check = checkerOf(schema);
      const encode = (json: string, id: number) => {
        check(readJson(json));
        return framed(id, null, (_, to) => to.utf8(json, Buffer.byteLength(json)));
      };
      return { type: 'JSON', text: jsonSchema(schema), encode };
    }
  }
}

/** A zero byte and the schema's id, big-endian, before the value. */
function framed(id: number, value: JsonValue, write: (value: JsonValue, to: ByteWriter) => void): Buffer {
  const to = new ByteWriter();
  to.byte(0);
  to.int32BigEndian(id);
  write(value, to);
  return to.take();
}
