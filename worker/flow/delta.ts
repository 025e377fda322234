import { type DeltaSpec, MAX_CLOCK_SKEW_US } from '@/core/spec/delta-flow';
import { type Change, type Op, type Tuple, UNCHANGED } from '@/worker/source/source';
import { changeMessage } from './change-message';
import { type DeltaRow, deltaRowsOf } from './delta-row';
import type { Flow, FlowResult } from './flow';
import { jsonString } from './value/json-text';

type RowOp = Exclude<Op, 'm'>;

/**
 * A strict compact envelope: `{"id","type","v","ts","seq","set"}`, where `set` has only the columns that changed and `type` is the table
 * and the letter of the operation. What stands in the envelope is not repeated in `set`. Which of it an update and a delete can hold
 * depends on the replica identity: docs/flows.md.
 */
export function createDelta(spec: DeltaSpec): Flow {
  const rowsOf = deltaRowsOf(spec);
  return {
    transform(change, nowUs) {
      const { op, position, relation } = change;
      if (position.boundary || op === 'm') return filtered('only changes of rows make deltas');
      const rows = rowsOf(relation);
      if (op === 't')
        return { kind: 'events', events: [changeMessage(change, 0, op, null, envelope(change, 't', [], commitOr(change, nowUs)))] };
      return op === 'd' ? deleted(change, rows, nowUs) : written(change, op, rows, nowUs);
    },
    keyOf({ op, before, after, relation }) {
      const row = after ?? before;
      return op === 'm' || op === 't' || row === null ? null : rowsOf(relation).id(row, before);
    },
  };
}

function written(change: Change, op: 'c' | 'r' | 'u', rows: DeltaRow, nowUs: bigint): FlowResult {
  const { after, beforeKind } = change;
  if (after === null) throw new Error(`an event of operation ${op} without a new row cannot be made into a delta`);
  const old = beforeKind === 'full' ? change.before : null;
  if (op === 'u' && old !== null && after.every((value, index) => value === UNCHANGED || value === old[index]))
    return filtered('the update changed no value');
  const timeUs = eventTimeUs(change, op, rows, after, nowUs);
  const version = rows.version(after);
  if (version === null) throw new Error('the version is NULL');
  if (op === 'u' && old !== null) mustRise(rows.version(old), version);
  const now = aboutRow(rows, after, change.before);
  if (op === 'u' && change.before !== null && rows.moved(change, after)) {
    // The row belongs to another aggregate, or is another row, to everyone who reads by these: the old one ends, the new one begins.
    const was = aboutRow(rows, change.before, null);
    const ended = envelope(change, 'd', was.fields, timeUs, rows.version(change.before));
    const begun = envelope(change, 'c', now.fields, timeUs, version, rows.whole(after, old));
    return { kind: 'events', events: [changeMessage(change, 0, 'd', was.id, ended), changeMessage(change, 1, 'c', now.id, begun)] };
  }
  const payload = envelope(change, op, now.fields, timeUs, version, rows.set(after, op === 'u' ? old : null));
  return { kind: 'events', events: [changeMessage(change, 0, op, now.id, payload)] };
}

function deleted(change: Change, rows: DeltaRow, nowUs: bigint): FlowResult {
  const { before } = change;
  if (before === null) throw new Error('a delete without an old row cannot be made into a delta');
  const { id, fields } = aboutRow(rows, before, null);
  const payload = envelope(change, 'd', fields, commitOr(change, nowUs), rows.version(before));
  return { kind: 'events', events: [changeMessage(change, 0, 'd', id, payload)] };
}

/** The aggregate, and the row in it where that is not the same. */
function aboutRow(rows: DeltaRow, row: Tuple, old: Tuple | null): { id: string; fields: string[] } {
  const id = rows.id(row, old);
  if (id === null)
    throw new Error(
      'the aggregate id was not sent or is NULL: use a column of the replica identity that is never NULL, or REPLICA IDENTITY FULL',
    );
  const key = rows.key(row, old);
  return { id, fields: [`"id":${id}`, ...(key ? [key] : [])] };
}

/** The column's own word where one is named, and held to the commit; else the time of the commit. */
function eventTimeUs(change: Change, op: RowOp, rows: DeltaRow, row: Tuple, nowUs: bigint): bigint {
  const commitUs = change.transaction?.commitTimeUs ?? null;
  const timeUs = rows.timeUs(row);
  if (timeUs === null) return commitOr(change, nowUs);
  // A row that is read was written at some other time.
  if (op === 'r' || commitUs === null) return timeUs;
  const off = timeUs > commitUs ? timeUs - commitUs : commitUs - timeUs;
  if (off > MAX_CLOCK_SKEW_US) {
    throw new Error(
      `the event time ${instant(timeUs)} is ${Number(off / 1000n) / 1000} s ${timeUs > commitUs ? 'after' : 'before'} the commit at ${instant(commitUs)}; at most 5 s are allowed`,
    );
  }
  return timeUs;
}

function mustRise(before: string | null | undefined, now: string | undefined): void {
  if (typeof before !== 'string' || now === undefined || BigInt(now) > BigInt(before)) return;
  throw new Error(`the version ${now} does not rise above ${before}, the one before`);
}

/** The version of a position is its commit LSN; `seq` tells the changes of one transaction apart. */
function envelope(
  { position, relation }: Change,
  op: RowOp,
  about: readonly string[],
  timeUs: bigint,
  version: string | null | undefined = undefined,
  set?: string,
): Buffer {
  const fields = [
    ...about,
    `"type":${jsonString(`${relation.table}.${op}`)}`,
    `"v":${version === undefined ? position.commitLsn : version}`,
    `"ts":${timeUs}`,
    `"seq":${position.seq}`,
    ...(set === undefined ? [] : [`"set":${set}`]),
  ];
  return Buffer.from(`{${fields.join(',')}}`);
}

function commitOr({ transaction }: Change, nowUs: bigint): bigint {
  return transaction?.commitTimeUs ?? nowUs;
}

/** ISO 8601 with milliseconds, of any time that Postgres has. */
function instant(us: bigint): string {
  const date = new Date(Number(us / 1000n));
  return Number.isNaN(date.getTime()) ? `${us} µs` : date.toISOString();
}

function filtered(reason: string): FlowResult {
  return { kind: 'filtered', reason };
}
