import type { InspectionAnswer, InspectionInput } from '@/core/dto/inspection';
import { SpillwayError } from '@/core/errors';
import { streamSpec } from '@/core/spec/stream-spec';
import { checkScope } from '@/worker/source/postgres/scope-check';
import { tableRefOf } from '@/worker/source/postgres/table-relation';
import { type InspectionContext, sourceNamed } from './context';

/** Looks on the server whether rows of a stream's table can be read again. */
export async function checkSnapshot(
  { streamId, scope }: InspectionInput<'check-snapshot'>,
  context: InspectionContext,
): Promise<InspectionAnswer<'check-snapshot'>> {
  const [row] = await context.catalog.query<{ spec: unknown }>(
    `SELECT r.spec FROM stream s JOIN stream_revision r ON r.id = s.current_revision_id WHERE s.id = $1`,
    [streamId],
  );
  if (!row) throw new SpillwayError('not_found', 'there is no such stream');
  const { source } = streamSpec.parse(row.spec);
  const { connection } = await sourceNamed(source.database, context);
  return checkScope(connection, tableRefOf(source), scope);
}
