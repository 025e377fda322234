import { randomUUID } from 'node:crypto';
import { isCatalogAway } from '@/core/catalog/client';
import type { ActionError } from '@/core/dto/action-result';
import { ERROR_CATALOGUE, type ErrorKind } from '@/core/error-catalogue';
import { messageOf, SpillwayError } from '@/core/errors';
import { log } from '@/core/log';

/** What the person is told of an error. Whatever nobody foresaw stays in the log, under the id they are given. */
export function toActionError(error: unknown, doing: string): ActionError {
  const id = randomUUID();
  if (error instanceof SpillwayError && error.kind !== 'internal') {
    log.info({ id, doing, kind: error.kind, reason: error.message }, 'refused');
    const { remedy, problems } = error.detail;
    return {
      kind: error.kind,
      message: error.message,
      remedy: remedy ?? ERROR_CATALOGUE[error.kind].remedy,
      ...(problems ? { problems } : {}),
      id,
    };
  }
  const kind: ErrorKind = isCatalogAway(error) ? 'catalog_unavailable' : 'internal';
  log.error({ id, doing, kind, reason: messageOf(error), stack: error instanceof Error ? error.stack : undefined }, 'failed');
  const message = kind === 'internal' ? 'something went wrong that Spillway did not foresee' : 'the catalog database cannot be reached';
  return { kind, message, remedy: ERROR_CATALOGUE[kind].remedy, id };
}

export const SIGNED_OUT: Omit<ActionError, 'id'> = { kind: 'forbidden', message: 'you are signed out', remedy: 'Sign in and try again.' };

const STATUS: Partial<Record<ErrorKind, number>> = {
  invalid_input: 422,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  rate_limited: 429,
  catalog_unavailable: 503,
  worker_unavailable: 503,
};

/** HTTP status of an error kind. */
export function statusOf(kind: ErrorKind): number {
  return STATUS[kind] ?? 500;
}
