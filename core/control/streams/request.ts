import * as z from 'zod';
import type { Tx } from '@/core/catalog/client';
import { SpillwayError } from '@/core/errors';
import type { PersonActor } from '@/core/policy/roles';
import { streamSpec } from '@/core/spec/stream-spec';
import { id, reasonText } from '../inputs';
import { addRequest, addRevision, askDossier, requireConnections } from '../revisions';
import { aboutStream, type LockedStream, lockStream, recordOnTimeline, requireMove, teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

/** Declares a stream and asks for its slot; or asks again for one's own stream that was withdrawn or rejected. */
export const request = defineVerb({
  name: 'streams.request',
  subject: 'stream',
  input: z.strictObject({ draftId: id.nullish(), teamId: id, streamId: id.nullish(), spec: streamSpec, reason: reasonText(10) }),
  team: async (tx, { teamId, streamId }) => {
    if (streamId && (await teamOfStream(tx, streamId)) !== teamId) return undefined;
    return teamId;
  },
  prepare: (actor, { spec }) => askDossier(actor, spec),
  run: async (tx, { actor, input, prepared: dossier = null }) => {
    const { spec, reason, draftId } = input;
    await requireConnections(tx, spec);
    await requireFreeName(tx, spec.applicationId, input.streamId ?? null);
    const stream = input.streamId
      ? await reopen(tx, input.streamId, spec.applicationId)
      : await create(tx, actor, input.teamId, spec.applicationId);
    const revision = await addRevision(tx, actor, stream.id, spec, null, await manifestOf(tx, actor, draftId ?? null));
    await tx.stream.update({
      where: { id: stream.id },
      data: { name: spec.applicationId, currentRevisionId: revision.id },
      select: { id: true },
    });
    const requestId = await addRequest(tx, actor, { streamId: stream.id, revision, reason, dossier });
    await recordOnTimeline(tx, stream, actor, `Approval of revision ${revision.number} requested: ${reason}`, 'requested');
    if (draftId) await tx.draft.deleteMany({ where: { id: draftId, userId: actor.id } });
    return {
      result: { streamId: stream.id, requestId },
      audit: aboutStream({ ...stream, name: spec.applicationId }, `requested approval of revision ${revision.number}: ${reason}`, {
        after: spec,
      }),
    };
  },
});

/** The manifest that a draft of this person was imported from; null when it was not, or there is none. */
async function manifestOf(tx: Tx, actor: PersonActor, draftId: string | null): Promise<unknown> {
  if (!draftId) return null;
  const draft = await tx.draft.findFirst({ where: { id: draftId, userId: actor.id }, select: { manifest: true } });
  return draft?.manifest ?? null;
}

async function requireFreeName(tx: Tx, name: string, streamId: string | null): Promise<void> {
  const taken = await tx.stream.findFirst({
    where: { name, state: { not: 'retired' }, ...(streamId ? { id: { not: streamId } } : {}) },
    select: { id: true },
  });
  if (!taken) return;
  const remedy = 'choose another name: a stream that is not retired has this one';
  throw new SpillwayError('conflict', `the name ${name} is taken`, { remedy, problems: [{ field: 'applicationId', value: name, remedy }] });
}

async function create(tx: Tx, actor: PersonActor, teamId: string, name: string): Promise<LockedStream> {
  const stream = await tx.stream.create({ data: { name, teamId, createdById: actor.id }, select: { id: true } });
  return lockStream(tx, stream.id);
}

async function reopen(tx: Tx, streamId: string, name: string): Promise<LockedStream> {
  const stream = await lockStream(tx, streamId);
  requireMove('request', stream);
  return { ...stream, name };
}
