import type { DebeziumEnvelopeSpec } from '@/core/spec/flow';
import type { Change, Op, Relation, TransactionInfo, WireRows } from '@/worker/source/source';
import type { FlowContext } from './flow';
import { literal, type RowByteEncoder, rowByteEncodersIn } from './row-encoder-bytes';
import { createSourceBlock, type SourceParts, sourceParts, threeTimes } from './source-block';
import { transactionBlock } from './transaction-block';
import { ByteWriter } from './value/byte-writer';
import { writeWhole } from './value/json-bytes';

/** The one message that a change makes, but for a tombstone behind it. */
export interface WrittenEnvelope {
  readonly key: string | null;
  readonly payload: Buffer;
}
export type EnvelopeBytes = (change: Change, wire: WireRows, nowUs: bigint) => WrittenEnvelope | null;

const BEFORE = Buffer.from('{"before":');
const AFTER = Buffer.from(',"after":');
const NO_ROW = Buffer.from('null');
const OPS: Readonly<Record<Op, Buffer>> = {
  c: Buffer.from(',"op":"c'),
  u: Buffer.from(',"op":"u'),
  d: Buffer.from(',"op":"d'),
  r: Buffer.from(',"op":"r'),
  t: Buffer.from(',"op":"t'),
  m: Buffer.from(',"op":"m'),
};
/** Above this a number is not exact. */
const LARGEST_LSN = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Debezium's change event, written from the bytes that the server sent. Null for the few changes that take more than to write their rows
 * one after the other: a changed key, values that the old row has to lend. Those are made of values (debezium-envelope.ts), the same to
 * the byte.
 */
export function createEnvelopeBytes(spec: DebeziumEnvelopeSpec, context: FlowContext): EnvelopeBytes {
  const rowsOf = rowByteEncodersIn(spec);
  const partsOf = byTransaction(sourceParts(context));
  const blockOf = ofReadRows(context);
  const out = new ByteWriter();
  let latestNow = -1n;
  let times: Buffer = NO_ROW;

  const rest = (change: Change, lsn: number, nowUs: bigint) => {
    if (change.op === 'r') literal(out, blockOf(change, nowUs));
    else {
      const { head, middle, tail } = partsOf(change.relation, change.transaction);
      literal(out, head);
      writeWhole(out, lsn);
      literal(out, middle);
      writeWhole(out, lsn);
      literal(out, tail);
    }
    literal(out, spec.transactionMetadata ? Buffer.from(transactionBlock(change)) : NO_ROW);
    literal(out, OPS[change.op]);
    if (nowUs !== latestNow) {
      const { ms, us, ns } = threeTimes(nowUs);
      times = Buffer.from(`","ts_ms":${ms},"ts_us":${us},"ts_ns":${ns}}`);
      latestNow = nowUs;
    }
    literal(out, times);
  };

  return (change, wire, nowUs) => {
    if (change.lsn > LARGEST_LSN || change.cut) return null;
    out.abandon();
    const key = rows(out, change, wire, rowsOf(change.relation));
    if (key === undefined) return null;
    rest(change, Number(change.lsn), nowUs);
    return { key, payload: out.finish() };
  };
}

/** Writes both rows and returns the key of the message; undefined when it takes more than that. */
function rows(out: ByteWriter, { op, beforeKind }: Change, wire: WireRows, encoder: RowByteEncoder): string | null | undefined {
  const { bytes, beforeAt, afterAt } = wire;
  if (op === 'd' ? beforeKind === 'key' && !encoder.identityHoldsKey : beforeKind === 'key') return undefined;
  if (op !== 'd' && beforeAt !== -1 && encoder.hasUnchanged(bytes, afterAt)) return undefined;
  literal(out, BEFORE);
  const old = beforeAt === -1 ? null : encoder.row(out, bytes, beforeAt);
  if (beforeAt === -1) literal(out, NO_ROW);
  literal(out, AFTER);
  if (op === 'd') {
    literal(out, NO_ROW);
    return old;
  }
  const key = encoder.row(out, bytes, afterAt);
  return beforeAt !== -1 && old !== key ? undefined : key;
}

interface ByteParts {
  readonly head: Buffer;
  readonly middle: Buffer;
  readonly tail: Buffer;
}

/** What the changes of one transaction and relation share is made once for them. */
function byTransaction(partsOf: ReturnType<typeof sourceParts>): (relation: Relation, transaction: TransactionInfo | null) => ByteParts {
  let latest: { readonly relation: Relation; readonly transaction: TransactionInfo | null; readonly parts: ByteParts } | null = null;
  return (relation, transaction) => {
    if (latest?.relation === relation && latest.transaction === transaction) return latest.parts;
    const parts = inBytes(partsOf(relation, transaction, threeTimes(transaction?.commitTimeUs ?? 0n), 'false'));
    latest = { relation, transaction, parts };
    return parts;
  };
}

/** Rows that were read tell the time, and none of them an LSN of its own: those of a millisecond share the whole block. */
function ofReadRows(context: FlowContext): (change: Change, nowUs: bigint) => Buffer {
  const sourceOf = createSourceBlock(context);
  let latest: { readonly change: Change; readonly nowUs: bigint; readonly block: Buffer } | null = null;
  return (change, nowUs) => {
    const { relation, snapshot, position } = change;
    if (
      latest?.nowUs === nowUs &&
      latest.change.relation === relation &&
      latest.change.snapshot === snapshot &&
      latest.change.position.commitLsn === position.commitLsn
    )
      return latest.block;
    latest = { change, nowUs, block: Buffer.from(`,"source":${sourceOf(change, nowUs)},"transaction":`) };
    return latest.block;
  };
}

function inBytes({ head, middle, tail }: SourceParts): ByteParts {
  return {
    head: Buffer.from(`,"source":${head}\\"`),
    middle: Buffer.from(`\\"${middle}`),
    tail: Buffer.from(`${tail},"transaction":`),
  };
}
