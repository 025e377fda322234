import * as z from 'zod';
import { id } from '../inputs';
import { aboutStream, lockStream, recordOnTimeline, requireMove, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

/** Asks for a new pipeline process; the back-off of the old one is forgotten. */
export const restart = defineVerb({
  name: 'streams.restart',
  subject: 'stream',
  input: z.strictObject({ streamId: id }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const stream = await lockStream(tx, input.streamId);
    requireMove('restart', stream);
    await tx.stream.update({ where: { id: stream.id }, data: { restartNonce: { increment: 1 } }, select: { id: true } });
    await recordOnTimeline(tx, stream, actor, 'Restart asked for');
    return { result: {}, audit: aboutStream(stream, 'restarted'), wake: { streamId: stream.id } };
  },
});
