import * as z from 'zod';
import { id } from '../inputs';
import { lockActive } from '../snapshot-changes';
import { aboutStream, recordOnTimeline, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

/** Lets reading go on behind the last settled chunk. */
export const resumeSnapshot = defineVerb({
  name: 'streams.resume-snapshot',
  subject: 'stream',
  input: z.strictObject({ streamId: id }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const { stream, active } = await lockActive(tx, input.streamId, 'resume');
    await tx.snapshotRequest.update({ where: { id: active.id }, data: { status: 'running' }, select: { id: true } });
    await recordOnTimeline(tx, stream, actor, `Reading ${active.words} again was resumed`);
    const change = { before: { status: active.status }, after: { requestId: active.id, status: 'running' } };
    return { result: {}, audit: aboutStream(stream, `resumed reading ${active.words} again`, change), wake: { streamId: stream.id } };
  },
});
