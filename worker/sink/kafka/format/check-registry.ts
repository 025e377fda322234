import type { CheckStep } from '@/core/dto/inspection';
import { type KafkaFormat, usesRegistry } from '@/core/spec/sink/kafka-format';
import type { SchemaRegistrySpec } from '@/core/spec/sink/kafka-registry';
import { RegistryError, type SchemaRegistry } from './schema-registry';

const NEEDED = { avro: 'AVRO', protobuf: 'PROTOBUF', json_schema: 'JSON' } as const;

/** Signs in and asks which types of schemas the registry knows. Registers nothing. */
export async function checkRegistry(
  registry: SchemaRegistry,
  { url, auth }: SchemaRegistrySpec,
  format: KafkaFormat | undefined,
  signal: AbortSignal,
): Promise<CheckStep> {
  const name = 'Schema registry';
  const host = new URL(url).host;
  try {
    const types = await registry.types(signal);
    const needed = usesRegistry(format) ? NEEDED[format] : null;
    const who = auth.type === 'none' ? 'no sign-in' : auth.type === 'basic' ? `signed in as ${auth.username}` : 'signed in by token';
    const finding = `${host} answers (${who}) and knows ${types.join(', ') || 'no type of schemas'}.`;
    if (types.length === 0) return { name, status: 'failed', finding, remedy: 'Check that the URL is that of a schema registry.' };
    if (needed && !types.includes(needed))
      return { name, status: 'failed', finding, remedy: `Choose another format: it takes no ${needed}.` };
    return { name, status: 'ok', finding };
  } catch (error) {
    if (signal.aborted || !(error instanceof RegistryError)) throw error;
    return { name, status: 'failed', finding: error.message, remedy: error.remedy };
  }
}
