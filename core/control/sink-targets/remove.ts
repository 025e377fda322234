import * as z from 'zod';
import { streamsUsing } from '@/core/catalog/spec-references';
import { SpillwayError } from '@/core/errors';
import { id } from '../inputs';
import { removedName } from '../source-changes';
import { aboutTarget, lockTarget, targetExists } from '../target-changes';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

/** Forgets a sink target and its secret. Refused while a stream delivers to it. */
export const remove = defineVerb({
  name: 'sink-targets.remove',
  subject: 'sink target',
  input: z.strictObject({ targetId: id, confirmName: z.string() }),
  team: (tx, { targetId }) => targetExists(tx, targetId),
  run: async (tx, { input }) => {
    const { targetId, confirmName } = input;
    const { name } = await lockTarget(tx, targetId);
    if (confirmName !== name) throw invalid('confirmName', confirmName, `type ${name} to confirm`);
    const users = await streamsUsing(tx, 'sink-target', name);
    if (users.length > 0)
      throw new SpillwayError('precondition_failed', `${users.length} streams deliver to ${name}: ${users.slice(0, 5).join(', ')}`, {
        remedy: 'Retire or revise them first.',
      });
    await tx.sinkTarget.update({
      where: { id: targetId },
      data: { removedAt: new Date(), name: removedName(name, targetId), sealedSecret: null },
      select: { id: true },
    });
    return { result: {}, audit: aboutTarget(targetId, name, 'removed') };
  },
});
