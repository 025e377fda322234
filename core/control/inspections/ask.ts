import * as z from 'zod';
import type { Tx } from '@/core/catalog/client';
import { awaitAnswer } from '@/core/catalog/inspections';
import type { InspectionKind, InspectionOutcome } from '@/core/dto/inspection';
import { SpillwayError } from '@/core/errors';
import { mayCall } from '@/core/policy/permissions';
import type { PersonActor } from '@/core/policy/roles';
import { streamSpec } from '@/core/spec/stream-spec';
import { id } from '../inputs';
import { teamOfLetters } from '../letter-selection';
import { ANSWER_TIMEOUT_MS, storeQuestion } from '../questions';
import { sourceExists } from '../source-changes';
import { defineVerb, notFound, type Verb } from '../verb';

const MAX_SPEC_BYTES = 64 * 1024;
const unfinishedSpec = z
  .unknown()
  .refine((spec) => Buffer.byteLength(JSON.stringify(spec ?? null)) <= MAX_SPEC_BYTES, 'keep it under 64 KiB');

const question = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('list-tables'), input: z.strictObject({ sourceId: id }) }),
  z.strictObject({ kind: z.literal('preview'), input: z.strictObject({ spec: unfinishedSpec }) }),
  z.strictObject({ kind: z.literal('kafka-routes'), input: z.strictObject({ spec: unfinishedSpec }) }),
  z.strictObject({ kind: z.literal('validate-spec'), input: z.strictObject({ spec: streamSpec }) }),
  z.strictObject({ kind: z.literal('dossier'), input: z.strictObject({ spec: streamSpec }) }),
  z.strictObject({ kind: z.literal('consumer-lag'), input: z.strictObject({ streamId: id }) }),
  z.strictObject({ kind: z.literal('preview-replay'), input: z.strictObject({ letterIds: z.array(id).min(1).max(500) }) }),
]);
type Question = z.infer<typeof question>;

const stored = defineVerb({
  name: 'inspections.ask',
  subject: 'source, stream or letter',
  input: question,
  team: async () => null,
  run: async (tx, { actor, input }) => {
    await requireMayAsk(tx, actor, input);
    // A question changes nothing, and a form asks several in a minute: not audited.
    return { result: { inspectionId: await storeQuestion(tx, actor, input.kind, input.input) }, audit: null };
  },
});

/** Asks the worker about a source, a spec or letters, and waits for the answer. */
export const ask: Verb<InspectionOutcome<InspectionKind>> = {
  ...stored,
  call: async (actor, input) => {
    const { inspectionId } = await stored.call(actor, input);
    return awaitAnswer(actor, inspectionId, ANSWER_TIMEOUT_MS);
  },
};

/** Row data is for people who build streams or run the platform; an auditor sees what tables there are, not what is in them. */
async function requireMayAsk(tx: Tx, actor: PersonActor, { kind, input }: Question): Promise<void> {
  const builds = actor.teams.length > 0 || actor.platformRole === 'platform_admin';
  if (!builds && actor.platformRole === 'none')
    throw new SpillwayError('forbidden', 'you belong to no team yet', { remedy: 'Ask a platform admin to add you to a team.' });
  if ((kind === 'preview' || kind === 'kafka-routes') && !builds)
    throw new SpillwayError('forbidden', 'auditors do not see rows of a source', { remedy: 'Ask a builder for a preview.' });
  if (kind === 'list-tables' && (await sourceExists(tx, input.sourceId)) === undefined) throw notFound('source database');
  if (kind === 'consumer-lag' && (await tx.stream.count({ where: { id: input.streamId } })) === 0) throw notFound('stream');
  if (kind !== 'preview-replay') return;
  const team = await teamOfLetters(tx, input, actor);
  if (team === undefined) throw notFound('dead letter');
  if (!mayCall(actor, 'dead-letters.replay', team))
    throw new SpillwayError('forbidden', 'only a lead of the team replays its letters', { remedy: 'Ask a lead of the team.' });
}
