import type { Lsn } from '@/core/postgres/lsn';
import { Fifo } from './fifo';

/** One transaction (or the snapshot as a whole) that was received and is not confirmed yet. */
interface Entry {
  /** Events that neither were delivered nor ended in recovery. */
  unsettled: number;
  /** Null while the transaction is open: an open transaction never settles. */
  confirmLsn: Lsn | null;
  /** Our clock, ms, when its first byte was read. */
  readonly receivedAt: number;
  /** Commit time by the server's clock, µs; null for the snapshot. */
  readonly commitTimeUs: bigint | null;
}

/** What is held for one event until it settles. */
export interface InFlightToken {
  readonly entry: Entry;
  readonly bytes: number;
  settled: boolean;
  /** Which life of the FIFO it belongs to: tokens of an earlier connection settle nothing. */
  readonly generation: number;
}

/** For what is not in the FIFO: it comes from the durable buffer, and the source was told long ago. */
export function settledToken(): InFlightToken {
  return { entry: { unsettled: 0, confirmLsn: null, receivedAt: 0, commitTimeUs: null }, bytes: 0, settled: true, generation: -1 };
}

/**
 * What was received and is not confirmed, in stream order: the only thing that moves the confirmed LSN.
 *
 * The position in the stream decides, never a comparison of LSNs: LSNs inside the stream are not monotonic (a transaction
 * that began early and commits late is sent late with old LSNs), so "the keepalive is past what was flushed" proves nothing.
 * A keepalive therefore only says: everything sent *before its place in the stream* ends at or before `walEnd`. It is merged
 * into the entry before it; inside an open transaction it is dropped, since it would speak for what has not come yet.
 */
export class InFlight {
  private readonly fifo = new Fifo<Entry>();
  private open: Entry | null = null;
  private generation = 0;
  private confirmedLsn: Lsn;
  private eventCount = 0;
  private byteCount = 0;

  /** `confirmed` is where the slot stands. */
  constructor(confirmed: Lsn) {
    this.confirmedLsn = confirmed;
  }

  /** Everything up to here is settled. Falls by `rewind` only. */
  get confirmed(): Lsn {
    return this.confirmedLsn;
  }
  /** Unsettled events. */
  get events(): number {
    return this.eventCount;
  }
  /** Bytes of the unsettled events. */
  get bytes(): number {
    return this.byteCount;
  }
  /** Transactions not confirmed yet. */
  get entries(): number {
    return this.fifo.length;
  }
  /** A transaction is being received. */
  get receiving(): boolean {
    return this.open !== null;
  }
  /** The oldest transaction that is not confirmed. */
  get oldest(): { readonly receivedAt: number; readonly commitTimeUs: bigint | null } | null {
    return this.fifo.head ?? null;
  }

  /** A transaction (or the snapshot) begins. Throws when one is open: the source broke the protocol. */
  begin(receivedAt: number, commitTimeUs: bigint | null): void {
    if (this.open) throw new Error('a transaction began inside an open one');
    this.open = { unsettled: 0, confirmLsn: null, receivedAt, commitTimeUs };
    this.fifo.push(this.open);
  }

  /** An event of the open transaction was received. */
  addEvent(bytes: number): InFlightToken {
    if (!this.open) throw new Error('an event came outside of a transaction');
    this.open.unsettled++;
    this.eventCount++;
    this.byteCount += bytes;
    return { entry: this.open, bytes, settled: false, generation: this.generation };
  }

  /** The open transaction is complete; `endLsn` is the end of its commit record. */
  commit(endLsn: Lsn): void {
    if (!this.open) throw new Error('a commit came without a begin');
    this.open.confirmLsn = endLsn;
    this.open = null;
    this.advance();
  }

  /** A keepalive at its place in the stream. */
  marker(walEnd: Lsn): void {
    if (this.open) return;
    const last = this.fifo.tail;
    if (!last) this.raise(walEnd);
    else if (last.confirmLsn !== null && walEnd > last.confirmLsn) last.confirmLsn = walEnd;
  }

  /** The event was delivered, filtered, or durably kept by recovery or the buffer. Settling twice, or after `drop`, changes nothing. */
  settle(token: InFlightToken): void {
    if (token.settled || token.generation !== this.generation) return;
    token.settled = true;
    token.entry.unsettled--;
    this.eventCount--;
    this.byteCount -= token.bytes;
    this.advance();
  }

  /** The connection is gone: whatever is not confirmed will be sent again. */
  drop(): void {
    this.generation++;
    this.fifo.clear();
    this.open = null;
    this.eventCount = 0;
    this.byteCount = 0;
  }

  /** The server was replaced by one that never had what came after `lsn`: the one way in which the confirmed LSN falls. Drop first. */
  rewind(lsn: Lsn): void {
    if (lsn < this.confirmedLsn) this.confirmedLsn = lsn;
  }

  private advance(): void {
    for (let head = this.fifo.head; head && head.unsettled === 0 && head.confirmLsn !== null; head = this.fifo.head) {
      this.raise(head.confirmLsn);
      this.fifo.shift();
    }
  }

  private raise(lsn: Lsn): void {
    if (lsn > this.confirmedLsn) this.confirmedLsn = lsn;
  }
}
