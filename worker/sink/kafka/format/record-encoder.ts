import { SpillwayError } from '@/core/errors';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import { usesRegistry } from '@/core/spec/sink/kafka-format';
import type { ConnectSchema, EventSchemas, OutboundEvent } from '@/worker/flow/flow';
import type { KafkaRecord } from '../kafka-port';
import { keySchemaFor } from './key-schema';
import { SchemaIds } from './schema-ids';
import type { SchemaRegistry } from './schema-registry';

type Encode = (json: string) => Buffer;
interface Shape {
  readonly key: Encode | null;
  readonly value: Encode;
}

/** Makes the bytes of records in the sink's format, once the registry has told the ids of their schemas. */
export class RecordEncoder {
  /** By the schemas' object, which is one for all events of a relation, and the topic. */
  readonly #shapes = new WeakMap<EventSchemas, Map<string, Shape>>();
  readonly #ids: SchemaIds | null;

  constructor(
    private readonly spec: KafkaSinkSpec,
    registry: SchemaRegistry | null,
  ) {
    this.#ids = registry && usesRegistry(spec.format) ? new SchemaIds(spec.format, spec, registry) : null;
  }

  /** Rejects with DoesNotFit, RegistryError, SchemaNotRegistered. */
  async encode(records: readonly KafkaRecord[], events: readonly OutboundEvent[], signal: AbortSignal): Promise<KafkaRecord[]> {
    const encoded: KafkaRecord[] = [];
    for (const [index, record] of records.entries()) {
      const { schemas } = events[index] ?? {};
      if (!schemas) throw withoutSchemas(this.spec);
      const shape = this.#known(schemas, record.topic) ?? (await this.#shape(schemas, record.topic, signal));
      const { key, value } = record;
      encoded.push({
        ...record,
        key: key === null || shape.key === null ? null : shape.key(key.toString()),
        value: value && shape.value(value.toString('utf8')),
      });
    }
    return encoded;
  }

  #known(schemas: EventSchemas, topic: string): Shape | undefined {
    return this.#shapes.get(schemas)?.get(topic);
  }

  async #shape(schemas: EventSchemas, topic: string, signal: AbortSignal): Promise<Shape> {
    const key = keySchemaFor(this.spec, schemas);
    const shape: Shape = {
      key: key && (await this.#encoder('key', topic, key, signal)),
      value: await this.#encoder('value', topic, schemas.value, signal),
    };
    const known = this.#shapes.get(schemas) ?? new Map<string, Shape>();
    this.#shapes.set(schemas, known.set(topic, shape));
    return shape;
  }

  async #encoder(part: 'key' | 'value', topic: string, schema: ConnectSchema, signal: AbortSignal): Promise<Encode> {
    if (!this.#ids) return withSchemaInside(schema);
    const { codec, id } = await this.#ids.find(part, topic, schema, signal);
    return (json) => codec.encode(json, id);
  }
}

/** As Kafka Connect's JsonConverter with schemas.enable=true. */
function withSchemaInside(schema: ConnectSchema): Encode {
  const head = `{"schema":${JSON.stringify(schema)},"payload":`;
  return (json) => Buffer.from(`${head}${json}}`);
}

export function withoutSchemas({ format }: KafkaSinkSpec): SpillwayError {
  return new SpillwayError('sink_misconfigured', `Events of this flow have no schema, and sink.format is ${format}`, {
    remedy: 'Choose json for sink.format, or the flow DebeziumEnvelope.',
  });
}
