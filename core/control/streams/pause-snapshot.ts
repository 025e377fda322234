import * as z from 'zod';
import { id } from '../inputs';
import { lockActive } from '../snapshot-changes';
import { aboutStream, recordOnTimeline, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

/** Asks the pipeline to read no further chunk; changes stream on. */
export const pauseSnapshot = defineVerb({
  name: 'streams.pause-snapshot',
  subject: 'stream',
  input: z.strictObject({ streamId: id }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const { stream, active } = await lockActive(tx, input.streamId, 'pause');
    await tx.snapshotRequest.update({ where: { id: active.id }, data: { status: 'paused' }, select: { id: true } });
    await recordOnTimeline(tx, stream, actor, `Reading ${active.words} again was paused`);
    const change = { before: { status: active.status }, after: { requestId: active.id, status: 'paused' } };
    return { result: {}, audit: aboutStream(stream, `paused reading ${active.words} again`, change), wake: { streamId: stream.id } };
  },
});
