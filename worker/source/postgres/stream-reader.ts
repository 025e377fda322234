import type { Lsn } from '@/core/postgres/lsn';
import type { ItemHandler } from '@/worker/source/source';
import { type Frame, isData, lsnAt, POSTGRES_EPOCH_US, parseFrame, sentUs, WAL_START } from './framing';
import type { LargeFrame } from './large-row';
import { decodePgoutput } from './pgoutput-decoder';
import { type CatalogLookup, RelationCache } from './relation-cache';
import { TransactionAssembler } from './transaction-assembler';

/** Told whenever `waiting` changes, or with the error of a lookup. */
export type WaitObserver = (change: 'waiting' | 'going_on' | Error) => void;

/**
 * From frames to items. Order is kept while a catalog lookup is under way: later frames wait in a queue. Frames are kept, by that queue and
 * by the changes in them. Throws SpillwayErrors.
 */
export class StreamReader {
  readonly #relations: RelationCache;
  readonly #assembler: TransactionAssembler;
  readonly #queue: (Buffer | LargeFrame)[] = [];
  #waiting = false;
  /** When the latest row was sent, µs since 2000-01-01. */
  #sentUs = 0;

  constructor(
    systemId: string,
    lookUp: CatalogLookup,
    private readonly onItem: ItemHandler,
  ) {
    this.#relations = new RelationCache(lookUp);
    this.#assembler = new TransactionAssembler(systemId, onItem);
  }

  /** A lookup is under way: nothing is handed on until it settles, so stop reading. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** How long after its commit the latest row was sent, ms; both by the server's clock. */
  get behindMs(): number {
    return (this.#sentUs - Number(this.#assembler.commitTimeUs - POSTGRES_EPOCH_US)) / 1000;
  }

  /** Takes one frame; tells what it says about the connection, whether or not its content has to wait. */
  take(chunk: Buffer | LargeFrame, observer: WaitObserver): { readonly lsn: Lsn; readonly replyRequested: boolean } {
    if (Buffer.isBuffer(chunk) && this.takeRow(chunk, 0, chunk.length)) return { lsn: lsnAt(chunk, WAL_START), replyRequested: false };
    const frame = Buffer.isBuffer(chunk) ? parseFrame(chunk) : chunk;
    if (this.#waiting) this.#queue.push(chunk);
    else this.#process(frame, Buffer.isBuffer(chunk) ? chunk.length : chunk.keptBytes, observer);
    return frame.kind === 'keepalive'
      ? { lsn: frame.walEnd, replyRequested: frame.replyRequested }
      : { lsn: frame.walStart, replyRequested: false };
  }

  /**
   * Hands on the row in the frame that stands in `bytes` from `start` to `end`. False when it holds anything else or a row that is not as
   * it should be, or has to wait: then `take` takes it.
   */
  takeRow(bytes: Buffer, start: number, end: number): boolean {
    if (this.#waiting || !isData(bytes, start, end) || !this.#assembler.acceptRow(bytes, start, end)) return false;
    this.#sentUs = sentUs(bytes, start);
    return true;
  }

  #process(frame: Frame | LargeFrame, wireBytes: number, observer: WaitObserver): void {
    if (frame.kind === 'keepalive') {
      this.onItem({ kind: 'keepalive', walEnd: frame.walEnd });
      return;
    }
    if (frame.kind === 'large') {
      this.#assembler.accept(frame.message, frame.walStart, wireBytes, frame.cut);
      return;
    }
    const message = decodePgoutput(frame.payload);
    if (message.kind !== 'relation') {
      this.#assembler.accept(message, frame.walStart, wireBytes);
      return;
    }
    const walStart = frame.walStart;
    const resolved = this.#relations.resolve(message.relation);
    if (!(resolved instanceof Promise)) {
      this.#assembler.accept({ kind: 'relation', relation: resolved }, walStart, wireBytes);
      return;
    }
    this.#waiting = true;
    observer('waiting');
    resolved
      .then((relation) => {
        this.#waiting = false;
        this.#assembler.accept({ kind: 'relation', relation }, walStart, wireBytes);
        this.#drain(observer);
      })
      .catch((thrown: unknown) => observer(thrown instanceof Error ? thrown : new Error(String(thrown))));
  }

  #drain(observer: WaitObserver): void {
    for (let next = 0; ; next += 1) {
      const chunk = this.#queue[next];
      if (!chunk || this.#waiting) {
        this.#queue.splice(0, next);
        break;
      }
      if (Buffer.isBuffer(chunk)) {
        if (!this.takeRow(chunk, 0, chunk.length)) this.#process(parseFrame(chunk), chunk.length, observer);
      } else this.#process(chunk, chunk.keptBytes, observer);
    }
    if (!this.#waiting) observer('going_on');
  }
}
