import { randomUUID } from 'node:crypto';
import type { ConvertibleEvent } from '../conversion';
import type { EventRequest } from './frames';

/**
 * What a script sees of an event. With `deterministic` its clock stands at the event's commit, and its random numbers come from the event's id; rows
 * that were read have no commit, and their clock stands at 1970.
 */
export function requestOf(event: ConvertibleEvent, deterministic: boolean): EventRequest {
  const { id, op, schema, table, headers, key, commitTimeUs } = event;
  return {
    id,
    op,
    schema,
    table,
    commitTime: commitTimeUs === null ? null : isoOf(commitTimeUs),
    headers,
    keyJson: key,
    nowMs: deterministic ? Number((commitTimeUs ?? 0n) / 1000n) : Date.now(),
    seed: deterministic ? id : randomUUID(),
  };
}

/** With the microseconds that Postgres has. */
function isoOf(us: bigint): string {
  const ms = us / 1000n - (us % 1000n < 0n ? 1n : 0n);
  const rest = String(us - ms * 1000n).padStart(3, '0');
  return new Date(Number(ms)).toISOString().replace('Z', `${rest}Z`);
}
