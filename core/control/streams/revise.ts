import * as z from 'zod';
import { catalog, type Tx } from '@/core/catalog/client';
import { SpillwayError } from '@/core/errors';
import { streamSpec } from '@/core/spec/stream-spec';
import { id, reasonText } from '../inputs';
import { addRequest, addRevision, askDossier, requireConnections, sourceHashOf } from '../revisions';
import {
  aboutStream,
  closePendingRequest,
  type LockedStream,
  lockStream,
  recordOnTimeline,
  requireMove,
  teamOfStream,
} from '../stream-changes';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

/**
 * Writes a new revision. With the approved source part it runs at once; with another one it needs approval, and the old
 * revision runs on until then. A request that was waiting is void either way: it was for something else.
 */
export const revise = defineVerb({
  name: 'streams.revise',
  subject: 'stream',
  input: z.strictObject({ streamId: id, spec: streamSpec, note: z.string().trim().max(2000).nullish(), reason: reasonText(10).nullish() }),
  team: (tx, { streamId }) => teamOfStream(tx, streamId),
  prepare: async (actor, { streamId, spec }) =>
    (await needsApproval(catalog(), streamId, sourceHashOf(spec))) ? askDossier(actor, spec) : null,
  run: async (tx, { actor, input, prepared: dossier = null }) => {
    const { spec } = input;
    const stream = await lockStream(tx, input.streamId);
    requireMove('revise', stream);
    if (spec.applicationId !== stream.name)
      throw invalid('applicationId', spec.applicationId, `keep ${stream.name}: the slot is named after it`);
    await requireConnections(tx, spec);
    const before = await readCurrentSpec(tx, stream);
    const approval = await needsApproval(tx, stream.id, sourceHashOf(spec));
    if (approval && !input.reason) throw invalid('reason', null, 'say why: a changed source part needs approval again');
    const revision = await addRevision(tx, actor, stream.id, spec, input.note ?? null);
    if (stream.pendingRequestId) await closePendingRequest(tx, stream, actor, 'voided', `superseded by revision ${revision.number}`);
    const neverApproved = stream.desired === 'none';
    if (!approval || neverApproved)
      await tx.stream.update({ where: { id: stream.id }, data: { currentRevisionId: revision.id }, select: { id: true } });
    if (approval) await addRequest(tx, actor, { streamId: stream.id, revision, reason: input.reason ?? '', dossier });
    const summary = approval
      ? `Revision ${revision.number} waits for approval: ${input.reason}`
      : `Revision ${revision.number} is current${input.note ? `: ${input.note}` : ''}`;
    await recordOnTimeline(tx, stream, actor, summary);
    return {
      result: { revisionNumber: revision.number, needsApproval: approval },
      audit: aboutStream(stream, summary, { before, after: spec }),
      wake: { streamId: stream.id },
    };
  },
});

/** Whether a source part differs from the one that runs, or none runs yet. */
async function needsApproval(tx: Tx, streamId: string, sourceHash: string): Promise<boolean> {
  const stream = await tx.stream.findUnique({
    where: { id: streamId },
    select: { desired: true, currentRevision: { select: { sourceHash: true } } },
  });
  return stream?.desired === 'none' || stream?.currentRevision?.sourceHash !== sourceHash;
}

async function readCurrentSpec(tx: Tx, stream: LockedStream): Promise<unknown> {
  if (!stream.currentRevisionId) throw new SpillwayError('internal', `stream ${stream.id} has no current revision`);
  const revision = await tx.streamRevision.findUnique({ where: { id: stream.currentRevisionId }, select: { spec: true } });
  return revision?.spec;
}
