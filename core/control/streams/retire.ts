import * as z from 'zod';
import { id } from '../inputs';
import { aboutStream, closePendingRequest, lockStream, recordOnTimeline, requireMove, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

/**
 * Ends a stream for good. The worker drops slot and publication and says so; a stream that was never approved has
 * neither and is retired at once.
 */
export const retire = defineVerb({
  name: 'streams.retire',
  subject: 'stream',
  input: z.strictObject({ streamId: id, confirmName: z.string() }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const stream = await lockStream(tx, input.streamId);
    requireMove('retire', stream);
    if (input.confirmName !== stream.name) throw invalid('confirmName', input.confirmName, `type ${stream.name} to confirm`);
    if (stream.pendingRequestId) await closePendingRequest(tx, stream, actor, 'withdrawn', 'the stream was retired');
    const atOnce = stream.desired === 'none' && !stream.hasProvision;
    await tx.stream.update({
      where: { id: stream.id },
      data: { desired: 'retired', ...(atOnce ? { retiredAt: new Date() } : {}) },
      select: { id: true },
    });
    if (atOnce) await recordOnTimeline(tx, stream, actor, 'Retired; it never had a slot', 'retired');
    else await recordOnTimeline(tx, stream, actor, 'Retirement asked for: slot and publication will be dropped');
    return {
      result: {},
      audit: aboutStream(stream, 'retired', { before: { desired: stream.desired }, after: { desired: 'retired' } }),
      wake: { streamId: stream.id },
    };
  },
});
