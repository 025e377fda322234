import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import type { ConnectSchema } from '@/worker/flow/flow';
import { type Codec, codecOf } from './codec';
import { protect } from './compatibility';
import { IncompatibleSchema, type NamedSchema, type SchemaRegistry } from './schema-registry';
import { subjectOf } from './subjects';

type Format = 'avro' | 'protobuf' | 'json_schema';

/** An event's schema is not registered, and may not be by itself: a person decides, nothing is published meanwhile. */
export class SchemaNotRegistered extends Error {
  override readonly name = 'SchemaNotRegistered';
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

export interface FoundSchema {
  readonly codec: Codec;
  readonly id: number;
}

/** More shapes than this at once are no stream of one table. */
const MOST_KEPT = 500;

/** Ids of schemas, looked up once. A schema that the registry does not know is registered only where the spec says so. */
export class SchemaIds {
  readonly #found = new Map<string, FoundSchema>();

  constructor(
    private readonly format: Format,
    private readonly spec: KafkaSinkSpec,
    private readonly registry: SchemaRegistry,
  ) {}

  /** Rejects with RegistryError or SchemaNotRegistered. */
  async find(part: 'key' | 'value', topic: string, schema: ConnectSchema, signal: AbortSignal): Promise<FoundSchema> {
    const subject = subjectOf(this.spec.subjects ?? 'topic', part, topic, schema);
    const name = `${subject} ${JSON.stringify(schema)}`;
    const known = this.#found.get(name);
    if (known) return known;
    const codec = await codecFor(this.format, subject, schema, this.registry, signal);
    const named = { subject, type: codec.type, text: codec.text };
    const id = (await this.registry.lookUp(named, signal)) ?? (await this.#unknown(named, signal));
    if (this.#found.size >= MOST_KEPT) this.#found.clear();
    const found = { codec, id };
    this.#found.set(name, found);
    return found;
  }

  async #unknown(schema: NamedSchema, signal: AbortSignal): Promise<number> {
    const refused = await this.registry.incompatibility(schema, signal);
    if (refused !== null) throw incompatible(schema.subject, refused);
    if (this.spec.onSchemaChange !== 'register') {
      throw new SchemaNotRegistered(
        `The table has a schema that is not registered under ${schema.subject}; it is compatible with what is. Nothing of it is published.`,
        'Restart the stream, which registers the table as it is now, set sink.onSchemaChange to register, or register it yourself; delivery then goes on.',
      );
    }
    try {
      await protect(this.registry, schema.subject, signal);
      return await this.registry.register(schema, signal);
    } catch (error) {
      if (error instanceof IncompatibleSchema) throw incompatible(schema.subject, error.message);
      throw error;
    }
  }
}

/** With Protocol Buffers, what is registered decides the numbers of fields. */
export async function codecFor(
  format: Format,
  subject: string,
  schema: ConnectSchema,
  registry: SchemaRegistry,
  signal: AbortSignal,
): Promise<Codec> {
  return codecOf(format, schema, format === 'protobuf' ? await registry.latest(subject, signal) : null);
}

export function incompatible(subject: string, words: string): SchemaNotRegistered {
  return new SchemaNotRegistered(
    `The schema of the table is not compatible with what is registered under ${subject}. Nothing of it is published.${words && ` The registry: ${words}`}`,
    'Undo the change of the table, send to another topic, or change the subject’s compatibility in the registry; delivery then goes on.',
  );
}
