import { randomUUID } from 'node:crypto';
import type { Verb } from '@/core/control/verb';
import type { ActionError, ActionResult } from '@/core/dto/action-result';
import { portalEnv } from '@/core/env';
import { SpillwayError } from '@/core/errors';
import type { PersonActor } from '@/core/policy/roles';
import { perform } from './action';
import { SIGNED_OUT, statusOf, toActionError } from './refusal';
import { currentActor } from './session';

type Params = Record<string, string>;
type Handler<P extends Params> = (request: Request, context: { params: Promise<P> }) => Promise<Response>;

/** Answers are about one person and one moment. */
const HEADERS = { 'cache-control': 'no-store' };

/** A text to be saved as a file of this name. */
export function textFile(name: string, type: string, text: string): Response {
  const headers = { ...HEADERS, 'content-type': `${type}; charset=utf-8`, 'content-disposition': `attachment; filename="${name}"` };
  return new Response(text, { headers });
}

/** A GET handler that answers a DTO as JSON, or the response that `read` made: 401 when signed out, 404 when `read` finds nothing this person may see. */
export function readRoute<P extends Params = Params>(
  read: (actor: PersonActor, request: Request, params: P) => Promise<unknown>,
): Handler<P> {
  return async (request, { params }) => {
    const { pathname } = new URL(request.url);
    try {
      const actor = await currentActor();
      if (!actor) return refuse({ ...SIGNED_OUT, id: randomUUID() }, 401);
      const answer = await read(actor, request, await params);
      if (answer === null || answer === undefined) throw new SpillwayError('not_found', 'there is nothing here');
      return answer instanceof Response ? answer : Response.json(answer, { headers: HEADERS });
    } catch (error) {
      const told = toActionError(error, `GET ${pathname}`);
      return refuse(told, statusOf(told.kind));
    }
  };
}

/** A POST handler that calls a verb with the JSON body and answers an ActionResult. Refuses what another site may have sent. */
export function verbRoute<T>(verb: Verb<T>): Handler<Params> {
  return async (request) => {
    if (!isSameOrigin(request)) {
      const message = 'this request did not come from the portal itself';
      return refuse({ kind: 'forbidden', message, remedy: 'Send it from the portal as application/json.', id: randomUUID() }, 403);
    }
    const body: unknown = await request.json().catch(() => undefined);
    const result: ActionResult<T> = await perform(verb, body);
    if (result.ok) return Response.json(result, { headers: HEADERS });
    return refuse(result.error, result.error.message === SIGNED_OUT.message ? 401 : statusOf(result.error.kind));
  };
}

/**
 * Browsers send Origin with every POST, and a form of another site cannot send application/json without a preflight. The origin
 * must be the portal's address, or the host that this request was sent to (localhost beside 127.0.0.1).
 */
export function isSameOrigin(request: Request): boolean {
  const type = request.headers.get('content-type') ?? '';
  if (!type.toLowerCase().startsWith('application/json')) return false;
  const origin = request.headers.get('origin');
  if (!origin || !URL.canParse(origin)) return false;
  return origin === new URL(portalEnv().NEXTAUTH_URL).origin || new URL(origin).host === request.headers.get('host');
}

function refuse(error: ActionError, status: number): Response {
  return Response.json({ ok: false, error } satisfies ActionResult<never>, { status, headers: HEADERS });
}
