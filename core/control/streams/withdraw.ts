import * as z from 'zod';
import { id } from '../inputs';
import { aboutStream, closePendingRequest, lockStream, recordOnTimeline, requireMove, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

/** Takes a request back. A stream that never ran is a draft again; one that runs goes on with its old revision. */
export const withdraw = defineVerb({
  name: 'streams.withdraw',
  subject: 'stream',
  input: z.strictObject({ streamId: id }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const stream = await lockStream(tx, input.streamId);
    requireMove('withdraw', stream);
    await closePendingRequest(tx, stream, actor, 'withdrawn', 'withdrawn before a decision');
    await recordOnTimeline(tx, stream, actor, 'Request withdrawn', stream.desired === 'none' ? 'draft' : stream.state);
    return { result: {}, audit: aboutStream(stream, 'withdrew the request') };
  },
});
