import * as z from 'zod';
import { toSpec } from '@/core/catalog/values';
import { SpillwayError } from '@/core/errors';
import { id, walBudgetBytes } from '../inputs';
import { sourceHashOf } from '../revisions';
import { countSlots, decide, lockRequest, requirePending, teamOfRequest } from '../slot-requests';
import { aboutStream, recordOnTimeline } from '../stream-changes';
import { defineVerb } from '../verb';

/**
 * Grants the slot with a WAL budget. Never one's own request; only for the source part that was requested; only while the
 * source has a slot left. The requested revision becomes the current one.
 */
export const approve = defineVerb({
  name: 'slots.approve',
  subject: 'request',
  input: z.strictObject({ requestId: id, walBudgetBytes, reason: z.string().trim().max(2000).nullish() }),
  team: (tx, { requestId }) => teamOfRequest(tx, requestId),
  run: async (tx, { actor, input }) => {
    const { stream, request } = await lockRequest(tx, input.requestId);
    requirePending(request);
    if (request.requestedById === actor.id || request.revision.createdById === actor.id)
      throw new SpillwayError('forbidden', 'nobody approves their own request', { remedy: 'Ask another platform admin to decide.' });
    const spec = toSpec(request.revision.spec);
    if (sourceHashOf(spec) !== request.sourceHash) {
      await decide(tx, request, actor, { status: 'voided', decisionReason: 'the source part is not the one that was requested' });
      return {
        result: {},
        audit: aboutStream(stream, `request for revision ${request.revision.number} voided: its source part changed`),
        refusal: new SpillwayError('conflict', 'the source part changed since the request, which is void now'),
      };
    }
    const slots = await countSlots(tx, spec.source.database, stream);
    if (!slots) throw new SpillwayError('precondition_failed', `the source ${spec.source.database} is not registered any more`);
    if (slots.held >= slots.limit)
      throw new SpillwayError(
        'precondition_failed',
        `${spec.source.database} has ${slots.held} of ${slots.limit} slots in use or approved`,
        {
          remedy: 'Retire a stream of this source, or raise its slot limit.',
        },
      );
    const budget = input.walBudgetBytes;
    await decide(tx, request, actor, { status: 'approved', decisionReason: input.reason || null, walBudgetBytes: budget });
    const first = stream.desired === 'none';
    await tx.stream.update({
      where: { id: stream.id },
      data: { currentRevisionId: request.revision.id, ...(first ? { desired: 'running' } : {}) },
      select: { id: true },
    });
    const summary = `Revision ${request.revision.number} approved with a WAL budget of ${budget / 2 ** 20} MB`;
    await recordOnTimeline(tx, stream, actor, input.reason ? `${summary}: ${input.reason}` : summary, first ? 'approved' : stream.state);
    return {
      result: {},
      audit: aboutStream(stream, summary, {
        after: { walBudgetBytes: budget, revision: request.revision.number, reason: input.reason ?? null },
      }),
      wake: { streamId: stream.id },
    };
  },
});
