import { Callout } from '@/components/ui/callout';
import { CodeBlock } from '@/components/ui/code-block';
import type { TableInfo } from '@/core/dto/inspection';
import type { SpecForm } from './spec-form';

interface Identified extends Pick<TableInfo, 'identityColumns' | 'replicaIdentity'> {
  readonly columns: readonly { readonly name: string }[];
}

/** Columns that key or topic are made of and that deletes do not carry, because they are not in the replica identity. */
export function columnsDeletesLack({ source, sink }: SpecForm, table: Identified): string[] {
  if (sink.type !== 'Kafka' || !source.operations.includes('delete') || table.replicaIdentity === 'full') return [];
  const topic = [...sink.topic.matchAll(/\{column:([^}]+)\}/g)].map((match) => match[1] ?? '');
  const named = [...columnsOfKey(sink), ...topic].map((name) => name.trim());
  return [...new Set(named)].filter(
    (name) => table.columns.some((column) => column.name === name) && !table.identityColumns.includes(name),
  );
}

function columnsOfKey({ kafkaKey, kafkaKeyColumns, kafkaExpression, kafkaTenant }: SpecForm['sink']): string[] {
  if (kafkaKey === 'Columns') return kafkaKeyColumns.split(',');
  if (kafkaKey === 'Tenant') return [kafkaTenant];
  if (kafkaKey !== 'Expression') return [];
  // The language is too large for the form: columns as they are written as a rule.
  return [...kafkaExpression.matchAll(/\b(?:row|before)(?:\.(\w+)|\[\s*(["'])(.+?)\2\s*\])/g)].map(
    ([, plain, , quoted]) => plain ?? quoted ?? '',
  );
}

/** Said before the stream exists: afterwards each delete is a dead letter. */
export function KafkaKeyTrouble({ form, table }: { form: SpecForm; table: TableInfo | null }) {
  const lacking = table ? columnsDeletesLack(form, table) : [];
  if (!table || lacking.length === 0) return null;
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  return (
    <Callout
      tone="attention"
      title={form.sink.kafkaKey === 'Expression' ? 'Deletes may become dead letters' : 'Each delete would become a dead letter'}
    >
      <p>
        Key or topic are made of {lacking.join(', ')}, and deletes of {table.schema}.{table.name} do not carry it: it is not in the replica
        identity. Key by the primary key, leave deletes out, or have the owner of the table run:
      </p>
      <CodeBlock code={`ALTER TABLE ${quote(table.schema)}.${quote(table.name)} REPLICA IDENTITY FULL;`} what="ALTER TABLE statement" />
    </Callout>
  );
}
