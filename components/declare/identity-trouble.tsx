import { Callout } from '@/components/ui/callout';
import { CodeBlock } from '@/components/ui/code-block';
import type { TableInfo } from '@/core/dto/inspection';
import { possibleOperations } from './possible-operations';

/** Publishing update and delete of a table without a replica identity makes the application's own statements fail. */
export function IdentityTrouble({ table }: { table: TableInfo }) {
  const possible = possibleOperations(table);
  if (possible.length === 4) return null;
  return (
    <Callout tone="attention" title={`Only ${possible.join(' and ')} can be published for ${table.schema}.${table.name}`}>
      <p>
        The table has no replica identity. Once its updates and deletes were published, Postgres would refuse those statements to the
        application that writes them. {table.identityRemedy ? 'Its owner can mend that; then read the tables again:' : ''}
      </p>
      {table.identityRemedy ? <CodeBlock code={table.identityRemedy} what="ALTER TABLE statement" /> : null}
    </Callout>
  );
}
