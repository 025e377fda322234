import { randomUUID } from 'node:crypto';
import { SpillwayError } from '@/core/errors';
import type { Lsn } from '@/core/postgres/lsn';
import type { Chunk, ChunkLimits, ChunkReader } from '@/worker/source/postgres/chunk-reader';
import { ReadIds, readChange } from '@/worker/source/postgres/read-change';
import type { Change, SourceItem, TransactionInfo } from '@/worker/source/source';
import { ChunkWindow } from './chunk-window';
import { SlotGuard } from './slot-guard';
import { WakeUp } from './wake-up';

export const WATERMARK_PREFIX = 'spillway.watermark';

/** How far the existing rows are read. Kept in the catalog after each chunk: a finished chunk is never read again. */
export interface SnapshotProgress {
  readonly key: readonly string[];
  /** Key of the last settled row; null before the first. */
  readonly cursor: readonly string[] | null;
  readonly chunk: number;
  readonly rows: number;
  readonly total: number | null;
}

export interface ChunkedSnapshotDeps {
  readonly open: () => Promise<ChunkReader>;
  readonly streamId: string;
  readonly epoch: number;
  readonly systemId: string;
  /** What the reading is of, as text: the slot, and the request if there is one. Read events of another have other ids. */
  readonly origin: string;
  /** Transactions that came on the stream before this reading saw any. */
  readonly before: readonly number[];
  readonly limits: ChunkLimits;
  /** Below half of what may be in flight. */
  readonly roomy: () => boolean;
  readonly confirmed: () => Lsn;
  /** Hands a read event over, at this place of the stream. */
  readonly emit: (change: Change) => void;
  /** Durable when it resolves; waits for the catalog. */
  readonly save: (progress: SnapshotProgress) => Promise<void>;
  /** Asked before each chunk; `end` = no further one is begun, by this instance. */
  readonly next: () => Promise<'read' | 'wait' | 'end'>;
  /** What it waits for, as a sentence; null when it goes on. Called with each change. */
  readonly onWaiting: (reason: string | null) => void;
  /** Held back because of the slot, or going on after that (null). A person is to be told. */
  readonly onHeld: (reason: string | null) => void;
}

const WAITS_FOR_PERSON = 'somebody to resume it';
const WAITS_FOR_SINK = 'the sink: what was read before is not delivered yet';
const WAITS_FOR_COMMITS = 'transactions that are committed and that the server does not show to readers yet';
const PAUSE_MS = 1_000;
const AGAIN_MS = 100;

interface Awaited {
  readonly window: string;
  readonly chunk: Chunk | null;
  opened: boolean;
  /** Set once the high mark came. */
  verdict: 'again' | 'stands' | null;
  inside: boolean;
  endLsn: Lsn | null;
}

/**
 * Reads the existing rows in chunks while changes stream: a low mark, the chunk, a high mark, and what the stream changed in between
 * replaces what was read (DBLog; Netflix, 2019). A chunk's rows enter the stream inside of the transaction of their high mark, so
 * nothing beyond it is confirmed before they are settled. One instance belongs to one connection.
 */
export class ChunkedSnapshot {
  private readonly window: ChunkWindow;
  private readonly wake = new WakeUp();
  private awaited: Awaited | null = null;
  private open: TransactionInfo | null = null;
  private over = false;
  private reader: ChunkReader | null = null;
  private readonly guard: SlotGuard;
  private waiting: string | null = null;
  private readonly ids: ReadIds;

  constructor(
    private readonly deps: ChunkedSnapshotDeps,
    private progress: SnapshotProgress,
  ) {
    this.window = new ChunkWindow(progress.key, deps.before);
    this.ids = new ReadIds(deps.origin);
    this.guard = new SlotGuard(progress, performance.now());
  }

  get rows(): number {
    return this.progress.rows;
  }

  /** Every item of the stream, after the pipeline has taken it. */
  take(item: SourceItem): void {
    switch (item.kind) {
      case 'begin':
        this.open = item.transaction;
        this.window.begin(item.transaction.xid);
        break;
      case 'change':
        this.window.change(item.change);
        break;
      case 'message':
        if (item.message.prefix === WATERMARK_PREFIX && item.message.transaction) this.mark(String(item.message.content));
        break;
      case 'commit':
        this.window.commit();
        if (this.awaited?.inside) {
          this.awaited.inside = false;
          this.awaited.endLsn = item.endLsn;
          this.wake.ring();
        }
        break;
      case 'keepalive':
      case 'relation':
        break;
    }
  }

  /** Events have settled, or a stop was asked for. */
  ring(): void {
    this.wake.ring();
  }

  /** The connection is gone: what was read and is not settled is read again by the next instance. */
  end(): void {
    this.over = true;
    this.wake.ring();
    void this.reader?.close();
  }

  /** Resolves true when every row is settled, false when `end` or a stop came first; rejects with a SpillwayError of the source. */
  async run(): Promise<boolean> {
    const reader = await this.deps.open();
    this.reader = reader;
    try {
      this.window.suspect(await reader.suspects());
      while (await this.mayRead(reader)) {
        this.wait(null);
        const done = await this.readChunk(reader);
        if (done !== null) return done;
      }
      return false;
    } finally {
      await reader.close();
    }
  }

  /** One chunk from its low mark to the catalog. True when it was the last, null when another follows, false at the end of the connection. */
  private async readChunk(reader: ChunkReader): Promise<boolean | null> {
    const { limits, streamId, epoch, confirmed, save } = this.deps;
    const { key, cursor, chunk: number } = this.progress;
    const content = { stream: streamId, epoch, chunk: number, window: randomUUID() };
    const awaited: Awaited = { window: content.window, chunk: null, opened: false, verdict: null, inside: false, endLsn: null };
    this.awaited = awaited;
    await reader.mark(WATERMARK_PREFIX, JSON.stringify({ ...content, kind: 'low' }));
    const chunk = await reader.read(key, cursor, limits);
    if (!chunk) throw new SpillwayError('source_unreachable', 'The key of the table has changed: existing rows are read anew');
    Object.assign(awaited, { chunk });
    await reader.mark(WATERMARK_PREFIX, JSON.stringify({ ...content, kind: 'high' }));
    while (awaited.endLsn === null && !this.over) await this.wake.sleep(PAUSE_MS);
    if (awaited.verdict === 'again') {
      this.wait(WAITS_FOR_COMMITS);
      await this.wake.sleep(AGAIN_MS);
      return this.over ? false : null;
    }
    while (!this.over && awaited.endLsn !== null && confirmed() < awaited.endLsn) await this.wake.sleep(PAUSE_MS);
    if (awaited.endLsn === null || confirmed() < awaited.endLsn) return false;
    const next: SnapshotProgress = {
      ...this.progress,
      cursor: chunk.cursor ?? cursor,
      chunk: number + 1,
      rows: this.progress.rows + chunk.rows.length,
    };
    await save(next);
    this.progress = next;
    this.guard.advanced(next, performance.now());
    return chunk.last ? true : null;
  }

  private async mayRead(reader: ChunkReader): Promise<boolean> {
    const { roomy, next, onHeld } = this.deps;
    while (!this.over) {
      const wanted = await next();
      if (wanted === 'end' || this.over) return false;
      const { verdict, turned } = this.guard.judge(await reader.lookAtSlot());
      if (verdict.kind === 'lost') throw new SpillwayError('slot_lost', `Reading existing rows has ended: ${verdict.reason}`);
      if (turned) onHeld(verdict.kind === 'hold' ? verdict.reason : null);
      if (wanted === 'read' && verdict.kind === 'read' && roomy()) return true;
      this.wait(wanted === 'wait' ? WAITS_FOR_PERSON : verdict.kind === 'hold' ? `the slot: ${verdict.reason}` : WAITS_FOR_SINK);
      await this.wake.sleep(PAUSE_MS);
    }
    return false;
  }

  private wait(reason: string | null): void {
    if (reason === this.waiting) return;
    this.waiting = reason;
    this.deps.onWaiting(reason);
  }

  private mark(content: string): void {
    const { awaited, open } = this;
    const mark = markOf(content);
    if (!awaited || !open || mark?.window !== awaited.window) return;
    if (mark.kind === 'low') {
      awaited.opened = true;
      this.window.openAt();
      return;
    }
    const standing = awaited.chunk && awaited.opened ? this.window.judge(awaited.chunk) : null;
    awaited.verdict = standing ? 'stands' : 'again';
    awaited.inside = true;
    if (!standing || !awaited.chunk) return;
    const { commitLsn } = open;
    const { systemId, emit } = this.deps;
    for (const [seq, row] of standing.entries()) {
      emit(
        readChange(awaited.chunk, row, 'incremental', (relation, content) => {
          return { systemId, commitLsn, seq, fromSnapshot: true, readId: this.ids.of(relation, content()) };
        }),
      );
    }
  }
}

function markOf(content: string): { window: string; kind: string } | null {
  try {
    const mark: unknown = JSON.parse(content);
    if (typeof mark !== 'object' || mark === null || !('window' in mark) || !('kind' in mark)) return null;
    return { window: String(mark.window), kind: String(mark.kind) };
  } catch {
    return null;
  }
}
