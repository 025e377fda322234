import * as z from 'zod';
import { streamsUsing } from '@/core/catalog/spec-references';
import { SpillwayError } from '@/core/errors';
import { id } from '../inputs';
import { aboutSource, lockSource, removedName, sourceExists } from '../source-changes';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

/** Forgets a source and its password. Refused while a stream uses it or a slot of ours stands on it. */
export const remove = defineVerb({
  name: 'sources.remove',
  subject: 'source database',
  input: z.strictObject({ sourceId: id, confirmName: z.string() }),
  team: (tx, { sourceId }) => sourceExists(tx, sourceId),
  run: async (tx, { input }) => {
    const { sourceId, confirmName } = input;
    const { name } = await lockSource(tx, sourceId);
    if (confirmName !== name) throw invalid('confirmName', confirmName, `type ${name} to confirm`);
    const users = await streamsUsing(tx, 'source', name);
    if (users.length > 0)
      throw new SpillwayError('precondition_failed', `${users.length} streams read from ${name}: ${users.slice(0, 5).join(', ')}`, {
        remedy: 'Retire them first.',
      });
    const slots = await tx.provision.count({ where: { sourceId, status: { not: 'dropped' } } });
    if (slots > 0) throw new SpillwayError('precondition_failed', `${slots} slots of ours still stand on ${name}; they are being dropped`);
    await tx.sourceDatabase.update({
      where: { id: sourceId },
      data: { removedAt: new Date(), name: removedName(name, sourceId), sealedSecret: '' },
      select: { id: true },
    });
    await tx.slotObservation.deleteMany({ where: { sourceId } });
    await tx.sourceObservation.deleteMany({ where: { sourceId } });
    return { result: {}, audit: aboutSource(sourceId, name, 'removed'), wake: {} };
  },
});
