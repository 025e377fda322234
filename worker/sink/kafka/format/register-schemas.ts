import { SpillwayError } from '@/core/errors';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import { usesRegistry } from '@/core/spec/sink/kafka-format';
import type { EventSchemas } from '@/worker/flow/flow';
import { keySchemaFor } from './key-schema';
import { codecFor } from './schema-ids';
import { IncompatibleSchema, type NamedSchema, RegistryError, type SchemaRegistry } from './schema-registry';
import { subjectOf } from './subjects';

/** New readers read everything that is in a topic: what a consumer that starts from the beginning needs. */
export const COMPATIBILITY = 'BACKWARD_TRANSITIVE';

/**
 * Registers the schemas of key and value, and gives every subject that has no compatibility level of its own BACKWARD_TRANSITIVE. All are
 * checked before the first is registered. Gives the subjects. Throws SpillwayError: sink_unreachable, sink_auth_failed, or
 * sink_misconfigured with the registry's words when one is not compatible.
 */
export async function registerSchemas(
  registry: SchemaRegistry,
  spec: KafkaSinkSpec,
  topic: string,
  schemas: EventSchemas,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { format, subjects = 'topic' } = spec;
  if (!usesRegistry(format)) return [];
  try {
    const missing: { schema: NamedSchema; protects: boolean }[] = [];
    const names: string[] = [];
    for (const part of ['key', 'value'] as const) {
      const shape = part === 'key' ? keySchemaFor(spec, schemas) : schemas.value;
      if (!shape) continue;
      const subject = subjectOf(subjects, part, topic, shape);
      names.push(subject);
      const isNew = (await registry.latest(subject, signal)) === null;
      const hasLevel = (await registry.compatibility(subject, signal)) !== null;
      const { type, text } = await codecFor(format, subject, shape, registry, signal);
      if (!isNew && !hasLevel) await registry.setCompatibility(subject, COMPATIBILITY, signal);
      const schema = { subject, type, text };
      if ((await registry.lookUp(schema, signal)) === null) missing.push({ schema, protects: isNew && !hasLevel });
    }
    for (const { schema } of missing) {
      const refused = await registry.incompatibility(schema, signal);
      if (refused === null) continue;
      // Some registries say why to an attempt only; it is refused and makes nothing.
      if (refused === '') await registry.register(schema, signal);
      throw new IncompatibleSchema(refused);
    }
    for (const { schema, protects } of missing) {
      await registry.register(schema, signal);
      // Apicurio knows no settings of a subject that does not exist yet, and says NONE of one that has none of its own.
      if (protects) await registry.setCompatibility(schema.subject, COMPATIBILITY, signal);
    }
    return names;
  } catch (error) {
    throw refusal(error);
  }
}

function refusal(error: unknown): unknown {
  if (error instanceof IncompatibleSchema) {
    const remedy =
      'Send to another topic, leave out the columns that changed, or change the subject’s compatibility in the registry; then restart the stream.';
    return new SpillwayError('sink_misconfigured', `The schema registry refuses the schema of this table. ${error.message}`, { remedy });
  }
  if (!(error instanceof RegistryError)) return error;
  const { errorClass, message, remedy } = error;
  return new SpillwayError(errorClass === 'auth' ? 'sink_auth_failed' : 'sink_unreachable', message, { remedy });
}
