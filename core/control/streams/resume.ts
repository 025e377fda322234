import * as z from 'zod';
import { id } from '../inputs';
import { aboutStream, lockStream, recordOnTimeline, requireMove, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

/** Asks a paused stream to run again, from where its slot stands. */
export const resume = defineVerb({
  name: 'streams.resume',
  subject: 'stream',
  input: z.strictObject({ streamId: id }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const stream = await lockStream(tx, input.streamId);
    requireMove('resume', stream);
    await tx.stream.update({ where: { id: stream.id }, data: { desired: 'running' }, select: { id: true } });
    await recordOnTimeline(tx, stream, actor, 'Resume asked for');
    return {
      result: {},
      audit: aboutStream(stream, 'resumed', { before: { desired: stream.desired }, after: { desired: 'running' } }),
      wake: { streamId: stream.id },
    };
  },
});
