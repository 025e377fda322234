import type { PreviewSchemas } from '@/core/dto/inspection';
import { KAFKA_FORMATS, usesRegistry, usesSchemas } from '@/core/spec/sink/kafka-format';
import type { ConnectSchema, EventSchemas } from '@/worker/flow/flow';

/** What the sink would send or register of these schemas, as people read it; null of a format without. No registry is asked. */
export async function previewSchemas(typed: unknown, schemas: EventSchemas | undefined): Promise<PreviewSchemas | null> {
  const format = KAFKA_FORMATS.find((each) => each === typed);
  if (!schemas || !usesSchemas(format)) return null;
  const { codecOf } = await import('@/worker/sink/kafka/format/codec');
  const text = (schema: ConnectSchema) => {
    if (!usesRegistry(format)) return pretty(JSON.stringify(schema));
    const made = codecOf(format, schema, null).text;
    return format === 'protobuf' ? made : pretty(made);
  };
  return { key: schemas.key && text(schemas.key), value: text(schemas.value) };
}

function pretty(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2);
}
