import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SpillwayError } from '@/core/errors';

const ANSWER_MS = 10_000;
/** Somebody else changed the configuration between Patroni's read and its write. */
const CONFLICTS = 5;
const CONFLICT_PAUSE_MS = 300;

/** A permanent slot as Patroni's dynamic configuration describes it (Patroni docs, dynamic configuration: slots). */
interface PermanentSlot {
  readonly type: 'logical';
  readonly database: string;
  readonly plugin: 'pgoutput';
}

/**
 * Patroni drops every slot that it does not know as soon as nobody reads it (patroni/postgresql/slots.py), so a slot on its servers
 * is made by naming it in the dynamic configuration: each member then keeps a copy. Patroni makes it within its loop_wait. Any member
 * takes the request. Throws source_unreachable, source_permission or source_not_ready, each with what to do.
 */
export async function askPatroniForSlot(url: string, slotName: string, database: string): Promise<void> {
  await patchSlots(url, { [slotName]: { type: 'logical', database, plugin: 'pgoutput' } });
}

/** Patroni drops the slot on every member once nobody reads it. */
export async function tellPatroniToDrop(url: string, slotName: string): Promise<void> {
  await patchSlots(url, { [slotName]: null });
}

async function patchSlots(url: string, slots: Readonly<Record<string, PermanentSlot | null>>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const status = (await request(url, 'config', { method: 'PATCH', body: JSON.stringify({ slots }) })).status;
    if (status === 200) return;
    if (status === 409 && attempt < CONFLICTS) await sleep(CONFLICT_PAUSE_MS);
    else throw refused(url, status);
  }
}

/** What a member says of itself (GET /patroni). */
export interface PatroniMember {
  readonly version: string;
  readonly role: string;
  readonly scope: string;
}

/** Asks one member who it is. Throws like the others. */
export async function askPatroni(url: string): Promise<PatroniMember> {
  const answer = await request(url, 'patroni', {});
  // 503 says that this member takes no writes, with the same body.
  if (answer.status !== 200 && answer.status !== 503) throw refused(url, answer.status);
  const body: unknown = await answer.json().catch(() => null);
  const { patroni, role } = (typeof body === 'object' && body !== null ? body : {}) as {
    patroni?: { version?: unknown; scope?: unknown };
    role?: unknown;
  };
  if (typeof patroni?.version !== 'string')
    throw new SpillwayError('source_not_ready', `${url} answers, but it is not Patroni`, { remedy: 'Give the address of its REST API.' });
  return { version: patroni.version, scope: String(patroni.scope ?? ''), role: String(role ?? 'unknown') };
}

async function request(url: string, path: string, init: { readonly method?: string; readonly body?: string }): Promise<Response> {
  try {
    return await fetch(new URL(path, url.endsWith('/') ? url : `${url}/`), {
      ...init,
      headers: { 'content-type': 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  } catch (thrown) {
    const cause = thrown instanceof Error && thrown.cause ? messageOf(thrown.cause) : messageOf(thrown);
    throw new SpillwayError('source_unreachable', `Patroni at ${url} did not answer: ${cause}`, {
      remedy: 'Check the Patroni URL of the source, and that the worker may reach it; any running member will do.',
    });
  }
}

function refused(url: string, status: number): SpillwayError {
  const [kind, remedy] =
    status === 401 || status === 403
      ? (['source_permission', 'Let the worker’s address in under restapi.allowlist without a password; Spillway sends none.'] as const)
      : (['source_not_ready', 'Look into Patroni’s log for the reason.'] as const);
  return new SpillwayError(kind, `Patroni at ${url} refused with HTTP status ${status}`, { remedy });
}
