import * as z from 'zod';
import { SpillwayError } from '@/core/errors';
import { id, walBudgetBytes } from '../inputs';
import { aboutStream, lockStream, recordOnTimeline, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

/** Changes how much WAL a stream's slot may retain. */
export const setBudget = defineVerb({
  name: 'slots.set-budget',
  subject: 'stream',
  input: z.strictObject({ streamId: id, walBudgetBytes }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const stream = await lockStream(tx, input.streamId);
    const bytes = BigInt(input.walBudgetBytes);
    const provision = await tx.provision.findUnique({ where: { streamId: stream.id }, select: { walBudgetBytes: true, status: true } });
    const approved = await tx.slotRequest.findFirst({
      where: { streamId: stream.id, status: 'approved' },
      orderBy: { decidedAt: 'desc' },
      select: { id: true, walBudgetBytes: true },
    });
    if (!approved || provision?.status === 'dropped') throw new SpillwayError('precondition_failed', 'this stream has no slot to budget');
    if (provision)
      await tx.provision.update({ where: { streamId: stream.id }, data: { walBudgetBytes: bytes }, select: { streamId: true } });
    // Not provisioned yet: the worker takes the budget from the approved request.
    else await tx.slotRequest.update({ where: { id: approved.id }, data: { walBudgetBytes: bytes }, select: { id: true } });
    const before = Number(provision?.walBudgetBytes ?? approved.walBudgetBytes ?? 0);
    const summary = `WAL budget changed from ${before / 2 ** 20} to ${input.walBudgetBytes / 2 ** 20} MB`;
    await recordOnTimeline(tx, stream, actor, summary);
    return {
      result: {},
      audit: aboutStream(stream, summary, { before: { walBudgetBytes: before }, after: { walBudgetBytes: input.walBudgetBytes } }),
      wake: { streamId: stream.id },
    };
  },
});
