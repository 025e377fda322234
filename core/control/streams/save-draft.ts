import * as z from 'zod';
import { toJson } from '@/core/catalog/client';
import { requireRoomForDrafts } from '../drafts';
import { id } from '../inputs';
import { teamOfStream } from '../stream-changes';
import { defineVerb } from '../verb';

const MAX_BYTES = 64 * 1024;

/** Keeps what a builder has typed so far, valid or not; the manifest of an imported one stays with it. Private, so not audited. */
export const saveDraft = defineVerb({
  name: 'streams.save-draft',
  subject: 'draft',
  input: z.strictObject({
    draftId: id.nullish(),
    teamId: id,
    streamId: id.nullish(),
    body: z.unknown().refine((body) => Buffer.byteLength(JSON.stringify(body ?? null)) <= MAX_BYTES, 'keep the draft under 64 KiB'),
    step: z.string().max(40),
  }),
  team: async (tx, { draftId, teamId, streamId }, actor) => {
    if (draftId) {
      const own = await tx.draft.findFirst({ where: { id: draftId, userId: actor.id }, select: { id: true } });
      if (!own) return undefined;
    }
    if (streamId && (await teamOfStream(tx, streamId)) !== teamId) return undefined;
    return teamId;
  },
  run: async (tx, { actor, input }) => {
    const { teamId, streamId = null, step } = input;
    const content = { teamId, streamId, step, body: toJson(input.body ?? {}) };
    const revising = streamId ? await tx.draft.findFirst({ where: { userId: actor.id, streamId }, select: { id: true } }) : null;
    const existing = input.draftId ?? revising?.id;
    if (existing) {
      await tx.draft.update({ where: { id: existing }, data: content, select: { id: true } });
      return { result: { draftId: existing }, audit: null };
    }
    await requireRoomForDrafts(tx, actor, 1);
    const draft = await tx.draft.create({ data: { ...content, userId: actor.id }, select: { id: true } });
    return { result: { draftId: draft.id }, audit: null };
  },
});
