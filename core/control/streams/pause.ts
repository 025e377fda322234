import * as z from 'zod';
import { id, reasonText } from '../inputs';
import { aboutStream, lockStream, recordOnTimeline, requireMove, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

/** Asks for a pause: the worker settles what is in flight and stops; the slot stays and retains WAL. */
export const pause = defineVerb({
  name: 'streams.pause',
  subject: 'stream',
  input: z.strictObject({ streamId: id, reason: reasonText(3) }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const stream = await lockStream(tx, input.streamId);
    requireMove('pause', stream);
    await tx.stream.update({ where: { id: stream.id }, data: { desired: 'paused' }, select: { id: true } });
    await recordOnTimeline(tx, stream, actor, `Pause asked for: ${input.reason}`);
    return { result: {}, audit: aboutStream(stream, `paused: ${input.reason}`, change(stream.desired)), wake: { streamId: stream.id } };
  },
});

function change(desired: string) {
  return { before: { desired }, after: { desired: 'paused' } };
}
