import type { InspectionAnswer, InspectionInput, InspectionKind, InspectionOutcome } from '@/core/dto/inspection';
import { ERROR_CATALOGUE, type ErrorKind } from '@/core/error-catalogue';
import type { PersonActor } from '@/core/policy/roles';
import { nextAnswer } from './answers';
import { catalog, type Tx, toJson } from './client';
import { toIso } from './values';
import { isWorkerAlive } from './workers';

/** Puts a question to the worker; NOTIFY makes it look at once instead of at its next poll. */
export async function insertInspection<K extends InspectionKind>(
  tx: Tx,
  actor: PersonActor,
  kind: K,
  input: InspectionInput<K>,
): Promise<string> {
  const row = await tx.inspection.create({ data: { kind, input: toJson(input), askedById: actor.id }, select: { id: true } });
  await tx.$executeRaw`select pg_notify('spillway_inspection', ${row.id})`;
  return row.id;
}

/** Questions of this person that are still open; a question is given up after 30 s. */
export async function countOpenInspections(tx: Tx, actor: PersonActor): Promise<number> {
  const rows = await tx.$queryRaw<{ open: number }[]>`
    select count(*)::int as open from inspection
     where asked_by_id = ${actor.id}::uuid and status in ('asked', 'answering') and asked_at > now() - interval '30 seconds'`;
  return rows[0]?.open ?? 0;
}

/**
 * Waits for the worker's answer to this person's question; `worker_unavailable` when none comes in time, at once when no worker
 * beats. A question that timed out is closed, so that it is not answered for nobody.
 */
export async function awaitAnswer<K extends InspectionKind>(
  actor: PersonActor,
  inspectionId: string,
  timeoutMs: number,
): Promise<InspectionOutcome<K>> {
  const deadline = Date.now() + timeoutMs;
  const alive = await isWorkerAlive();
  for (;;) {
    // Listening starts before the look, so that an answer between the two is not missed.
    const wake = alive ? nextAnswer(inspectionId, Math.min(500, Math.max(deadline - Date.now(), 0))) : undefined;
    const row = await catalog().inspection.findFirst({
      where: { id: inspectionId, askedById: actor.id },
      select: { status: true, result: true, error: true, answeredAt: true },
    });
    if (!row) return failure('not_found', 'the question is gone');
    if (row.status === 'answered')
      return { ok: true, answer: row.result as unknown as InspectionAnswer<K>, answeredAt: toIso(row.answeredAt ?? new Date()) };
    if (row.status === 'failed') return toFailure(row.error);
    if (!alive || Date.now() >= deadline) break;
    await wake;
  }
  const error = { kind: 'worker_unavailable', message: alive ? 'the worker did not answer in time' : 'no worker is running' } as const;
  await catalog().inspection.updateMany({ where: { id: inspectionId, status: 'asked' }, data: { status: 'failed', error } });
  return failure(error.kind, error.message);
}

/** Asks and waits in one go; for verbs that want an answer before their transaction. */
export async function askAndAwait<K extends InspectionKind>(
  actor: PersonActor,
  kind: K,
  input: InspectionInput<K>,
  timeoutMs: number,
): Promise<InspectionOutcome<K>> {
  const inspectionId = await catalog().$transaction((tx) => insertInspection(tx, actor, kind, input));
  return awaitAnswer<K>(actor, inspectionId, timeoutMs);
}

function failure<K extends InspectionKind>(errorKind: ErrorKind, message: string, remedy?: string): InspectionOutcome<K> {
  return { ok: false, errorKind, message, remedy: remedy ?? ERROR_CATALOGUE[errorKind].remedy };
}

/** The worker writes {kind or errorKind, message, remedy?}. */
function toFailure<K extends InspectionKind>(stored: unknown): InspectionOutcome<K> {
  const error = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const kind = error.errorKind ?? error.kind;
  const message = typeof error.message === 'string' ? error.message : 'the worker could not answer';
  return failure(isErrorKind(kind) ? kind : 'internal', message, typeof error.remedy === 'string' ? error.remedy : undefined);
}

function isErrorKind(kind: unknown): kind is ErrorKind {
  return typeof kind === 'string' && Object.hasOwn(ERROR_CATALOGUE, kind);
}
