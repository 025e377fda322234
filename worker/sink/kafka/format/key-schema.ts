import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import type { ConnectField, ConnectSchema, EventSchemas } from '@/worker/flow/flow';

/** What the record's key is like: the event's own, or the columns that the spec names; null = records have no key. */
export function keySchemaFor({ key }: KafkaSinkSpec, schemas: EventSchemas): ConnectSchema | null {
  if (key?.type !== 'Columns' || Object.keys(schemas.columns).length === 0) return schemas.key;
  const fields = key.columns.map(
    (name): ConnectField => ({ ...(schemas.columns[name] ?? { type: 'string', optional: true }), field: name }),
  );
  if (key.salt !== undefined) fields.push({ type: 'int32', optional: false, field: 'salt' });
  const name = schemas.value.name?.replace(/\.Envelope$/, '.Key');
  return { type: 'struct', fields, optional: false, ...(name ? { name } : {}) };
}
