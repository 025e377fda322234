import type { InspectionAnswer, InspectionInput } from '@/core/dto/inspection';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { preflight } from '@/worker/source/postgres/preflight';
import { type InspectionContext, openAsked, sourceWithId } from './context';

/** Preflight of a server and role, registered or as typed. A server that cannot be reached is a failed step. */
export async function testSource(
  input: InspectionInput<'test-source'>,
  context: InspectionContext,
): Promise<InspectionAnswer<'test-source'>> {
  return { steps: await preflight({ source: await connectionOf(input, context) }) };
}

async function connectionOf(input: InspectionInput<'test-source'>, context: InspectionContext): Promise<SourceConnection> {
  if ('sourceId' in input) return (await sourceWithId(input.sourceId, context)).connection;
  const { sealedPassword, sealContext, patroniUrl, ...connection } = input.connection;
  const through = patroniUrl ? { patroniUrl } : {};
  return { ...connection, ...through, password: openAsked(sealedPassword, sealContext, 'source', context.privateKey) };
}
