import * as z from 'zod';
import { id } from '../inputs';
import { lockActive } from '../snapshot-changes';
import { aboutStream, recordOnTimeline, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

/** Ends reading for good: rows that were delivered stay delivered, the others are not read. */
export const cancelSnapshot = defineVerb({
  name: 'streams.cancel-snapshot',
  subject: 'stream',
  input: z.strictObject({ streamId: id }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const { stream, active } = await lockActive(tx, input.streamId, 'cancel');
    await tx.snapshotRequest.update({
      where: { id: active.id },
      data: { status: 'cancelled', finishedAt: new Date() },
      select: { id: true },
    });
    await recordOnTimeline(tx, stream, actor, `Reading ${active.words} again was cancelled`);
    const change = { before: { status: active.status }, after: { requestId: active.id, status: 'cancelled' } };
    return { result: {}, audit: aboutStream(stream, `cancelled reading ${active.words} again`, change), wake: { streamId: stream.id } };
  },
});
