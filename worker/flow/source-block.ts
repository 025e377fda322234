import type { Change, Relation, TransactionInfo } from '@/worker/source/source';
import type { FlowContext } from './flow';
import { jsonString } from './value/json-text';

/** Where an event comes from: Debezium's `source` object, fields in its order. */
export type SourceBlock = (change: Change, nowUs: bigint) => string;

/** Microseconds → the three times that Debezium writes, as the text between its commas. */
export function threeTimes(us: bigint): { ms: string; us: string; ns: string } {
  const text = String(us);
  return { ms: String(us / 1000n), us: text, ns: us === 0n ? '0' : `${text}000` };
}

/** The block of a change from the stream, around the LSN of the change, which is in it twice. */
export interface SourceParts {
  readonly head: string;
  readonly middle: string;
  readonly tail: string;
}

/** Compiles the parts that stay: connector and stream once, schema and table once per relation. `times` = threeTimes of the commit. */
export function sourceParts(
  context: FlowContext,
): (relation: Relation, transaction: TransactionInfo | null, times: ReturnType<typeof threeTimes>, snapshot: string) => SourceParts {
  const connector = `{"version":${jsonString(context.spillwayVersion)},"connector":"postgresql","name":${jsonString(context.logicalName)},"ts_ms":`;
  const database = `","db":${jsonString(context.database)},"sequence":"[`;
  const tables = new WeakMap<Relation, string>();
  return (relation, transaction, times, snapshot) => {
    let table = tables.get(relation);
    if (table === undefined) {
      table = `,"schema":${jsonString(relation.schema)},"table":${jsonString(relation.table)},"txId":`;
      tables.set(relation, table);
    }
    const previous = transaction?.previousCommitLsn ?? null;
    return {
      head: `${connector}${times.ms},"snapshot":"${snapshot}${database}${previous === null ? 'null' : `\\"${previous}\\"`},`,
      middle: `]","ts_us":${times.us},"ts_ns":${times.ns}${table}${transaction?.xid ?? 'null'},"lsn":`,
      tail: `,"xmin":null${originOf(transaction)}}`,
    };
  };
}

/** Times once per transaction, as for every change of it. */
export function createSourceBlock(context: FlowContext): SourceBlock {
  const partsOf = sourceParts(context);
  let latest: TransactionInfo | null = null;
  let times = threeTimes(0n);
  return (change, nowUs) => {
    const { transaction, relation } = change;
    if (transaction === null) times = threeTimes(nowUs);
    else if (transaction !== latest) times = threeTimes(transaction.commitTimeUs);
    latest = transaction;
    const snapshot = change.op === 'r' ? (change.snapshot ?? 'true') : 'false';
    // A snapshot row has no record in the WAL: the position where streaming takes over stands for it.
    // One read between watermarks has none at all, as with Debezium's incremental snapshots.
    const lsn = snapshot === 'incremental' ? null : change.position.fromSnapshot ? change.position.commitLsn : change.lsn;
    const { head, middle, tail } = partsOf(relation, transaction, times, snapshot);
    return `${head}${lsn === null ? 'null' : `\\"${lsn}\\"`}${middle}${lsn}${tail}`;
  };
}

/** Where the source itself replicated the transaction from; null when it was written there. */
function originOf(transaction: TransactionInfo | null): string {
  if (transaction?.origin === undefined) return ',"origin":null,"origin_lsn":null';
  return `,"origin":${jsonString(transaction.origin)},"origin_lsn":${transaction.originLsn ?? 'null'}`;
}
