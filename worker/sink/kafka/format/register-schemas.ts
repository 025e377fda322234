import { SpillwayError } from '@/core/errors';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import { usesRegistry } from '@/core/spec/sink/kafka-format';
import type { EventSchemas } from '@/worker/flow/flow';
import { protect } from './compatibility';
import { keySchemaFor } from './key-schema';
import { codecFor } from './schema-ids';
import { IncompatibleSchema, type NamedSchema, RegistryError, type SchemaRegistry } from './schema-registry';
import { subjectOf } from './subjects';

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
    const missing: NamedSchema[] = [];
    const names: string[] = [];
    for (const part of ['key', 'value'] as const) {
      const shape = part === 'key' ? keySchemaFor(spec, schemas) : schemas.value;
      if (!shape) continue;
      const subject = subjectOf(subjects, part, topic, shape);
      names.push(subject);
      if ((await registry.latest(subject, signal)) !== null) await protect(registry, subject, signal);
      const { type, text } = await codecFor(format, subject, shape, registry, signal);
      const schema = { subject, type, text };
      if ((await registry.lookUp(schema, signal)) === null) missing.push(schema);
    }
    for (const schema of missing) {
      const refused = await registry.incompatibility(schema, signal);
      if (refused === null) continue;
      // Some registries say why to an attempt only; it is refused and makes nothing.
      if (refused === '') await registry.register(schema, signal);
      throw new IncompatibleSchema(refused);
    }
    for (const schema of missing) {
      // First: Apicurio says NONE of a subject that exists and has no level, and nobody could tell it from one that was chosen.
      await protect(registry, schema.subject, signal);
      await registry.register(schema, signal);
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
