import type { InspectionAnswer, InspectionInput } from '@/core/dto/inspection';
import { serverFacts } from '@/worker/source/postgres/server-facts';
import { listTables } from '@/worker/source/postgres/tables';
import { type InspectionContext, sourceWithId } from './context';

/** Every table that can be published, from the live catalog of the source. */
export async function answerListTables(
  input: InspectionInput<'list-tables'>,
  context: InspectionContext,
): Promise<InspectionAnswer<'list-tables'>> {
  const { connection } = await sourceWithId(input.sourceId, context);
  const tables = await listTables(connection);
  return { tables, serverVersionNum: (await serverFacts(connection)).versionNum };
}
