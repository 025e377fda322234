import * as z from 'zod';
import { toJson } from '@/core/catalog/client';
import { streamsUsing } from '@/core/catalog/spec-references';
import { SpillwayError } from '@/core/errors';
import { sinkTargetInput } from '@/core/spec/sink-target';
import { id } from '../inputs';
import {
  aboutTarget,
  checkTarget,
  lockTarget,
  needsSecret,
  newSigningSecret,
  requireFreeTargetName,
  sealForTarget,
  secretAudience,
  targetExists,
} from '../target-changes';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

/** Changes a sink target; its type stays. A changed host asks for the secret again. */
export const update = defineVerb({
  name: 'sink-targets.update',
  subject: 'sink target',
  input: sinkTargetInput.extend({ targetId: id, generateSecret: z.boolean().default(false) }),
  team: (tx, { targetId }) => targetExists(tx, targetId),
  run: async (tx, { input }) => {
    const { targetId, name, config } = input;
    const before = await lockTarget(tx, targetId);
    if (config.type !== before.config.type)
      throw invalid('config.type', config.type, `keep ${before.config.type}, or register another target`);
    if (name !== before.name) {
      const users = await streamsUsing(tx, 'sink-target', before.name);
      if (users.length > 0)
        throw new SpillwayError('precondition_failed', `streams name this sink target: ${users.slice(0, 5).join(', ')}`);
      await requireFreeTargetName(tx, name, targetId);
    }
    const generatedSecret = config.type === 'Http' && input.generateSecret && !input.secret ? newSigningSecret() : null;
    const secret = generatedSecret ?? input.secret;
    checkTarget(config, secret);
    const moved = secretAudience(config) !== secretAudience(before.config);
    if (needsSecret(config) && !secret && (moved || !before.sealedSecret))
      throw invalid('secret', null, moved ? 'type the secret again: where it is sent changed' : 'this kind of target needs a secret');
    const version = before.secretVersion + 1;
    const kept = needsSecret(config) ? {} : { sealedSecret: null };
    const sealed = secret ? { secretVersion: version, sealedSecret: await sealForTarget(tx, secret, targetId, version) } : kept;
    await tx.sinkTarget.update({ where: { id: targetId }, data: { name, config: toJson(config), ...sealed }, select: { id: true } });
    return {
      result: { generatedSecret },
      audit: aboutTarget(targetId, name, 'changed', {
        how: secret ? ', with a new secret' : '',
        before: { name: before.name, config: before.config },
        after: { name, config },
      }),
      wake: {},
    };
  },
});
