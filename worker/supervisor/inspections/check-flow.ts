import type { CheckStep } from '@/core/dto/inspection';
import type { FieldProblem } from '@/core/errors';
import { quoteQualified } from '@/core/postgres/identifiers';
import { flowFit } from '@/core/spec/flow-fit';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { withSource } from '@/worker/source/postgres/connection';
import { describeTable } from '@/worker/source/postgres/table-description';
import { type InspectionContext, sourceNamed } from './context';

const NOTHING = { problems: [], checks: [] };

/** Whether the flow has the columns and the replica identity that it needs. What cannot be read is what the checks of the source are about. */
export async function checkFlow(
  { flow, source }: StreamSpec,
  context: InspectionContext,
): Promise<{ problems: readonly FieldProblem[]; checks: readonly CheckStep[] }> {
  if (flow.type === 'DebeziumEnvelope') return NOTHING;
  try {
    const { connection } = await sourceNamed(source.database, context);
    const session = { applicationName: 'spillway', readOnly: true, statementTimeoutMs: 5_000 };
    const table = await withSource(connection, session, (client) => describeTable(client, source.schema, source.table.name));
    if (!table) return NOTHING;
    const { problems, warnings } = flowFit(flow, source, table);
    const full = `ALTER TABLE ${quoteQualified(source.schema, source.table.name)} REPLICA IDENTITY FULL;`;
    return {
      problems,
      checks: warnings.map(({ finding, wantsFull }) => ({
        name: 'Flow',
        status: 'warning',
        finding,
        ...(wantsFull ? { remedy: full } : {}),
      })),
    };
  } catch {
    return NOTHING;
  }
}
