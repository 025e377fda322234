import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { toJson } from '@/core/catalog/client';
import { sinkTargetInput } from '@/core/spec/sink-target';
import { aboutTarget, checkTarget, needsSecret, newSigningSecret, requireFreeTargetName, sealForTarget } from '../target-changes';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

interface Registered {
  readonly targetId: string;
  /** A generated signing secret, told this once and never again. */
  readonly generatedSecret: string | null;
}

/** Registers a sink target. `generateSecret` makes a signing secret for an Http target and returns it exactly once. */
export const register = defineVerb({
  name: 'sink-targets.register',
  subject: 'sink target',
  input: sinkTargetInput.extend({ generateSecret: z.boolean().default(false) }),
  team: async () => null,
  run: async (tx, { input }): Promise<{ result: Registered; audit: ReturnType<typeof aboutTarget> }> => {
    const { name, config } = input;
    const generatedSecret = config.type === 'Http' && input.generateSecret && !input.secret ? newSigningSecret() : null;
    const secret = generatedSecret ?? input.secret;
    checkTarget(config, secret);
    if (needsSecret(config) && !secret) throw invalid('secret', null, 'this kind of target needs a secret');
    await requireFreeTargetName(tx, name, null);
    const id = randomUUID();
    const sealedSecret = secret ? await sealForTarget(tx, secret, id, 1) : null;
    await tx.sinkTarget.create({ data: { id, name, type: config.type, config: toJson(config), sealedSecret }, select: { id: true } });
    return { result: { targetId: id, generatedSecret }, audit: aboutTarget(id, name, 'registered', { after: { name, config } }) };
  },
});
