import * as z from 'zod';
import type { Tx } from '@/core/catalog/client';
import { SpillwayError } from '@/core/errors';
import { id } from '../inputs';
import { aboutStream, lockStream, recordOnTimeline, requireMove, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

/**
 * Begins anew where the position is gone: the worker drops what is left of slot and publication, makes both again and reads the
 * table as the spec says. With snapshot `no_data`, changes between the last confirmed position and the new slot are never delivered.
 * What waits in the durable buffer is delivered before what is read anew, or discarded, as the person decides.
 */
export const recover = defineVerb({
  name: 'streams.recover',
  subject: 'stream',
  input: z.strictObject({
    streamId: id,
    confirmName: z.string(),
    /** Asked for when the buffer holds events. */
    buffered: z.enum(['deliver', 'discard']).optional(),
    /** Why they are discarded. */
    reason: z.string().trim().min(5, 'give a reason of at least 5 characters').max(500).optional(),
  }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  run: async (tx, { actor, input }) => {
    const stream = await lockStream(tx, input.streamId);
    requireMove('recover', stream);
    if (input.confirmName !== stream.name) throw invalid('confirmName', input.confirmName, `type ${stream.name} to confirm`);
    if (!stream.hasProvision) throw new SpillwayError('precondition_failed', 'this stream has no slot; restart it instead');
    const buffer = await decideBuffer(tx, stream.id, input);
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
    const summary = `Recovery asked for: slot ${provision.slotName} is dropped and made anew${buffer.words}`;
    await recordOnTimeline(tx, stream, actor, summary);
    return {
      result: {},
      audit: aboutStream(stream, summary, {
        before: { desired: stream.desired, state: stream.state, ...provision, buffered: buffer.events },
      }),
      wake: { streamId: stream.id },
    };
  },
});

interface BufferDecision {
  readonly buffered?: 'deliver' | 'discard' | undefined;
  readonly reason?: string | undefined;
}

/** Does what was decided about events that wait in the durable buffer; says how many there were, and what becomes of them. */
async function decideBuffer(tx: Tx, streamId: string, { buffered, reason }: BufferDecision) {
  // A pipeline that still ran would put nothing in and take nothing out between the count and the deletion.
  await tx.$queryRaw`select stream_id::text from spill_buffer where stream_id = ${streamId}::uuid for update`;
  const [found] = await tx.$queryRaw<{ events: number }[]>`
    select coalesce(sum(events - taken), 0)::float8 as events from spill_batch where stream_id = ${streamId}::uuid`;
  const events = found?.events ?? 0;
  if (events === 0) return { events, words: '' };
  const waiting = `${events} ${events === 1 ? 'event' : 'events'} of the durable buffer`;
  if (!buffered)
    throw invalid('buffered', null, `say whether ${waiting} are delivered before what is read anew ("deliver") or discarded ("discard")`);
  if (buffered === 'deliver') return { events, words: `; ${waiting} are delivered first` };
  if (!reason) throw invalid('reason', null, `say why ${waiting} are discarded`);
  await tx.spillBatch.deleteMany({ where: { streamId } });
  return { events, words: `; ${waiting} discarded: ${reason}` };
}
