import * as z from 'zod';
import { SpillwayError } from '@/core/errors';
import { id } from '../inputs';
import { aboutStream, lockStream, recordOnTimeline, requireMove, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

/**
 * Begins anew where the position is gone: the worker drops what is left of slot and publication, makes both again and reads the
 * table as the spec says. With snapshot `no_data`, changes between the last confirmed position and the new slot are never delivered.
 */
export const recover = defineVerb({
  name: 'streams.recover',
  subject: 'stream',
  input: z.strictObject({ streamId: id, confirmName: z.string() }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const stream = await lockStream(tx, input.streamId);
    requireMove('recover', stream);
    if (input.confirmName !== stream.name) throw invalid('confirmName', input.confirmName, `type ${stream.name} to confirm`);
    if (!stream.hasProvision) throw new SpillwayError('precondition_failed', 'this stream has no slot; restart it instead');
    const provision = await tx.provision.update({
      where: { streamId: stream.id },
      data: { status: 'dropping' },
      select: { slotName: true, confirmedLsn: true, promisedLsn: true },
    });
    // The restart counts as a person's act for the back-off of a stream that waits for one.
    await tx.stream.update({
      where: { id: stream.id },
      data: { desired: 'running', restartNonce: { increment: 1 } },
      select: { id: true },
    });
    const summary = `Recovery asked for: slot ${provision.slotName} is dropped and made anew`;
    await recordOnTimeline(tx, stream, actor, summary);
    return {
      result: {},
      audit: aboutStream(stream, summary, { before: { desired: stream.desired, state: stream.state, ...provision } }),
      wake: { streamId: stream.id },
    };
  },
});
