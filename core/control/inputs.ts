import * as z from 'zod';

/** Fields that several verbs take. */
export const id = z.uuid('is not an id');

/** Why somebody did something, as the audit trail and the next reader will see it. */
export function reasonText(min: number) {
  return z.string().trim().min(min, `give a reason of at least ${min} characters`).max(2000, 'keep it under 2000 characters');
}

export const MIN_WAL_BUDGET_BYTES = 64 * 1024 * 1024;
/** 1 PiB: beyond any disk, and exact as a JS number. */
const MAX_WAL_BUDGET_BYTES = 2 ** 50;

/** Bytes of WAL that a stream's slot may retain. Below 64 MiB, four segments, a slot would breach it in normal work. */
export const walBudgetBytes = z
  .int('give whole bytes')
  .min(MIN_WAL_BUDGET_BYTES, `at least ${MIN_WAL_BUDGET_BYTES} bytes (64 MiB)`)
  .max(MAX_WAL_BUDGET_BYTES, 'at most 1 PiB');
