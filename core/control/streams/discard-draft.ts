import * as z from 'zod';
import { id } from '../inputs';
import { defineVerb } from '../verb';

/** Throws one's own draft away. Private, so not audited. */
export const discardDraft = defineVerb({
  name: 'streams.discard-draft',
  subject: 'draft',
  input: z.strictObject({ draftId: id }),
  team: async (tx, { draftId }, actor) => {
    const draft = await tx.draft.findFirst({ where: { id: draftId, userId: actor.id }, select: { teamId: true } });
    return draft?.teamId;
  },
  run: async (tx, { input }) => {
    await tx.draft.delete({ where: { id: input.draftId }, select: { id: true } });
    return { result: {}, audit: null };
  },
});
