import type { DebeziumEnvelopeSpec } from '@/core/spec/flow';
import type { Change, Op, Relation, TransactionInfo, WireRows } from '@/worker/source/source';
import type { FlowContext } from './flow';
import { literal, type RowByteEncoder, rowByteEncodersIn } from './row-encoder-bytes';
import { createSourceBlock, type SourceParts, sourceParts, threeTimes } from './source-block';
import { transactionBlock } from './transaction-block';
import { ByteWriter, Literal } from './value/byte-writer';
import { writeWhole } from './value/json-bytes';

/** The one message that a change makes, but for a tombstone behind it. */
export interface WrittenEnvelope {
  readonly key: string | null;
  readonly payload: Buffer;
}
export type EnvelopeBytes = (change: Change, wire: WireRows, nowUs: bigint) => WrittenEnvelope | null;

const BEFORE = new Literal('{"before":');
const ONLY_AFTER = new Literal('{"before":null,"after":');
const AFTER = new Literal(',"after":');
const NO_ROW = new Literal('null');

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
  const closing = closings();

  const rest = (change: Change, lsn: number, nowUs: bigint) => {
    const { op } = change;
    let tail = '';
    if (op === 'r') literal(out, blockOf(change, nowUs));
    else {
      const parts = partsOf(change.relation, change.transaction);
      literal(out, parts.head);
      writeWhole(out, lsn);
      literal(out, parts.middle);
      writeWhole(out, lsn);
      tail = parts.tail;
    }
    if (spec.transactionMetadata) {
      literal(out, Buffer.from(tail + transactionBlock(change)));
      literal(out, closing('', '', op, nowUs));
    } else literal(out, closing(tail, 'null', op, nowUs));
  };

  return (change, wire, nowUs) => {
    const lsn = wire.lsnNumber ?? Number(change.lsn);
    // Above this a number is not exact.
    if (lsn > Number.MAX_SAFE_INTEGER || change.cut) return null;
    out.abandon();
    const key = rows(out, change, wire, rowsOf(change.relation));
    if (key === undefined) return null;
    rest(change, lsn, nowUs);
    return { key, payload: out.finish() };
  };
}

/** Writes both rows and returns the key of the message; undefined when it takes more than that. */
function rows(out: ByteWriter, { op, beforeKind }: Change, wire: WireRows, encoder: RowByteEncoder): string | null | undefined {
  const { bytes, beforeAt, afterAt } = wire;
  if (op === 'd' ? beforeKind === 'key' && !encoder.identityHoldsKey : beforeKind === 'key') return undefined;
  if (op !== 'd' && beforeAt !== -1 && encoder.hasUnchanged(bytes, afterAt)) return undefined;
  if (beforeAt === -1) {
    out.put(ONLY_AFTER);
    if (op !== 'd') return encoder.row(out, bytes, afterAt);
    out.put(NO_ROW);
    return null;
  }
  out.put(BEFORE);
  const old = encoder.row(out, bytes, beforeAt);
  out.put(AFTER);
  if (op === 'd') {
    out.put(NO_ROW);
    return old;
  }
  return encoder.row(out, bytes, afterAt) === old ? old : undefined;
}

/** What an event ends with, which is the same for those of a transaction that are made within a millisecond. */
function closings(): (tail: string, transaction: string, op: Op, nowUs: bigint) => Buffer {
  let latest: { readonly tail: string; readonly op: Op; readonly nowUs: bigint; readonly bytes: Buffer } | null = null;
  return (tail, transaction, op, nowUs) => {
    if (latest !== null && latest.nowUs === nowUs && latest.op === op && latest.tail === tail) return latest.bytes;
    const { ms, us, ns } = threeTimes(nowUs);
    const bytes = Buffer.from(`${tail}${transaction},"op":"${op}","ts_ms":${ms},"ts_us":${us},"ts_ns":${ns}}`);
    latest = { tail, op, nowUs, bytes };
    return bytes;
  };
}

interface ByteParts {
  readonly head: Buffer;
  readonly middle: Buffer;
  readonly tail: string;
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
    tail: `${tail},"transaction":`,
  };
}
