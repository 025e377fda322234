import * as z from 'zod';
import { askAndAwait } from '@/core/catalog/inspections';
import { SpillwayError } from '@/core/errors';
import { scopeWords, snapshotScope } from '@/core/spec/snapshot-scope';
import { id, reasonText } from '../inputs';
import { ANSWER_TIMEOUT_MS } from '../questions';
import { lockForSnapshot } from '../snapshot-changes';
import { aboutStream, recordOnTimeline, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

/**
 * Asks for rows to be read again while changes stream. The worker looks on the server first: a condition runs there, so nothing that
 * it has not checked is stored. The whole table can be asked for without it, and the pipeline then refuses a table without a key.
 */
export const startSnapshot = defineVerb({
  name: 'streams.start-snapshot',
  subject: 'stream',
  input: z.strictObject({ streamId: id, scope: snapshotScope, reason: reasonText(3) }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  prepare: async (actor, { streamId, scope }) => {
    const outcome = await askAndAwait(actor, 'check-snapshot', { streamId, scope }, ANSWER_TIMEOUT_MS);
    if (outcome.ok) {
      const { problems, estimatedRows } = outcome.answer;
      if (problems.length > 0) throw new SpillwayError('invalid_input', 'these rows cannot be read again', { problems });
      return estimatedRows;
    }
    if (scope.kind === 'table' && outcome.errorKind === 'worker_unavailable') return null;
    throw new SpillwayError(outcome.errorKind, outcome.message, { remedy: outcome.remedy });
  },
  run: async (tx, { actor, input, prepared = null }) => {
    const { scope, reason, streamId } = input;
    const { stream } = await lockForSnapshot(tx, streamId, 'start');
    const rowsTotal = prepared === null ? null : BigInt(Math.round(prepared));
    const { id: requestId } = await tx.snapshotRequest.create({
      data: { streamId, scope, reason, requestedById: actor.id, requestedBy: actor.name, rowsTotal },
      select: { id: true },
    });
    const words = scopeWords(scope);
    await recordOnTimeline(tx, stream, actor, `Reading ${words} again was started: ${reason}`);
    return {
      result: { requestId },
      audit: aboutStream(stream, `started reading ${words} again: ${reason}`, { after: { requestId, scope } }),
      wake: { streamId },
    };
  },
});
