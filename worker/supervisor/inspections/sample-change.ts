import { parseLsn } from '@/core/postgres/lsn';
import type { FlowSpec } from '@/core/spec/flow';
import { deliversRows } from '@/core/spec/snapshot-mode';
import type { SourceSpec } from '@/core/spec/source';
import { epochMicroseconds } from '@/worker/flow/value/date-time';
import type { ServerFacts } from '@/worker/source/postgres/server-facts';
import type { Change, Op, PlainChange, Relation, Tuple } from '@/worker/source/source';

/** The operation by which a row of this stream is most likely to be seen first. */
export function sampleOp({ snapshot, operations }: Pick<SourceSpec, 'snapshot' | 'operations'>): Op {
  if (deliversRows(snapshot)) return 'r';
  if (operations.includes('insert')) return 'c';
  if (operations.includes('update')) return 'u';
  return operations.includes('delete') ? 'd' : 't';
}

/** A row of the table as the change that the stream would carry; position and transaction are those of this moment. */
export function sampleChange(op: Op, relation: Relation, row: Tuple, seq: number, facts: ServerFacts, nowUs: bigint): PlainChange {
  const lsn = parseLsn(facts.currentLsn);
  const fromSnapshot = op === 'r';
  return {
    op,
    relation,
    ...rowsOf(op, relation, row),
    lsn: fromSnapshot ? 0n : lsn,
    position: { systemId: facts.systemIdentifier, commitLsn: lsn, seq, fromSnapshot },
    transaction: fromSnapshot ? null : { xid: 0, commitLsn: lsn, commitTimeUs: nowUs, previousCommitLsn: null },
    ...(fromSnapshot ? { snapshot: 'true' as const } : {}),
    wireBytes: 0,
  };
}

/** As if it had been written when its row says: a Delta holds the time of an event to its commit, and rows of a table are old. */
export function committedAsSaid(change: Change, flow: FlowSpec): Change {
  if (flow.type !== 'Delta' || flow.eventTimeField === undefined || change.transaction === null) return change;
  const text = change.after?.[change.relation.columns.findIndex(({ name }) => name === flow.eventTimeField)];
  const commitTimeUs = typeof text === 'string' ? epochMicroseconds(text) : null;
  if (commitTimeUs === null) return change;
  const { lsn, position, before, after, transaction } = change;
  return { ...change, lsn, position, before, after, transaction: { ...transaction, commitTimeUs } };
}

function rowsOf(op: Op, relation: Relation, row: Tuple): Pick<Change, 'before' | 'beforeKind' | 'after'> {
  if (op === 't') return { before: null, beforeKind: 'none', after: null };
  const full = relation.replicaIdentity === 'full';
  if (op === 'd') {
    const identity = row.map((value, index) => (full || relation.columns[index]?.identity ? value : null));
    return { before: identity, beforeKind: full ? 'full' : 'key', after: null };
  }
  return { before: op === 'u' && full ? row : null, beforeKind: op === 'u' && full ? 'full' : 'none', after: row };
}
