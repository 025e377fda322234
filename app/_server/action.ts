import { randomUUID } from 'node:crypto';
import type { Verb } from '@/core/control/verb';
import type { ActionResult } from '@/core/dto/action-result';
import { SIGNED_OUT, toActionError } from './refusal';
import { currentActor } from './session';

/** Calls a verb as the person of this request; for server actions. Never throws: the form shows what the error says. */
export async function perform<T>(verb: Verb<T>, input: unknown): Promise<ActionResult<T>> {
  try {
    const actor = await currentActor();
    if (!actor) return { ok: false, error: { ...SIGNED_OUT, id: randomUUID() } };
    return { ok: true, value: await verb.call(actor, input) };
  } catch (error) {
    return { ok: false, error: toActionError(error, verb.name) };
  }
}
