import { randomUUID } from 'node:crypto';
import { SpillwayError } from '@/core/errors';
import type { Lsn } from '@/core/postgres/lsn';
import type { ChunkLimits, ChunkReader } from '@/worker/source/postgres/chunk-reader';
import type { Change, SourceItem } from '@/worker/source/source';
import { ChunkMarks, type MarkedChunk, WATERMARK_PREFIX } from './chunk-marks';
import { SlotGuard } from './slot-guard';
import { WakeUp } from './wake-up';

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
/** Rows that take more are neither read ahead nor is anything ahead of them: they are much work each, and what is in flight is memory. */
const AHEAD_BYTES = 2 * 1024 * 1024;

/** A chunk that was read. */
interface ReadChunk extends MarkedChunk {
  /** No row follows. */
  readonly last: boolean;
  readonly bytes: number;
  /** How far the reading is once its rows are settled. */
  readonly next: SnapshotProgress;
}

/**
 * Reads the existing rows in chunks while changes stream: a mark, the chunk, another mark, and what the stream changed in between
 * replaces what was read (DBLog; Netflix, 2019). A chunk's rows enter the stream inside of the transaction of its high mark, so
 * nothing beyond it is confirmed before they are settled. While they are delivered the next chunk is read: it waits in memory, and its
 * high mark is not written before they are settled. One instance belongs to one connection.
 */
export class ChunkedSnapshot {
  private readonly marks: ChunkMarks;
  private readonly wake = new WakeUp();
  private over = false;
  private reader: ChunkReader | null = null;
  private readonly guard: SlotGuard;
  private waiting: string | null = null;

  constructor(
    private readonly deps: ChunkedSnapshotDeps,
    private progress: SnapshotProgress,
  ) {
    this.marks = new ChunkMarks({ ...deps, onEnd: () => this.wake.ring() }, progress.key, deps.before);
    this.guard = new SlotGuard(progress, performance.now());
  }

  get rows(): number {
    return this.progress.rows;
  }

  /** Every item of the stream, after the pipeline has taken it. */
  take(item: SourceItem): void {
    this.marks.take(item);
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
      this.marks.suspect(await reader.suspects());
      return await this.readAll(reader);
    } finally {
      this.over = true;
      await reader.close();
    }
  }

  private async readAll(reader: ChunkReader): Promise<boolean> {
    for (let current = null as ReadChunk | null; !this.over; ) {
      const ahead: ReadChunk | 'later' | 'end' = current?.last ? 'end' : await this.readBehind(current, reader);
      let kept: Promise<void> | null = null;
      if (current) {
        const outcome = await this.settled(current);
        if (outcome === 'over') return false;
        if (outcome === 'again') {
          // What was read behind it is not used either: it would leave a gap where this one is read differently.
          current = null;
          this.wait(WAITS_FOR_COMMITS);
          await this.wake.sleep(AGAIN_MS);
          continue;
        }
        kept = this.keep(current);
      }
      const [handedOver]: [boolean, unknown] = await Promise.all([typeof ahead === 'object' && this.handOver(ahead, reader), kept]);
      if (ahead === 'end') return current?.last ?? false;
      current = typeof ahead === 'object' && handedOver ? ahead : null;
    }
    return false;
  }

  /** Reads the chunk behind one whose rows may be on their way still. `later`: not while they are. */
  private async readBehind(current: ReadChunk | null, reader: ChunkReader): Promise<ReadChunk | 'later' | 'end'> {
    if (current && current.bytes > AHEAD_BYTES) return 'later';
    const allowed = await this.mayRead(reader, current !== null);
    if (allowed !== 'read') return allowed;
    const begin = current?.next ?? this.progress;
    const { key, cursor } = begin;
    const from = current?.id ?? (await this.writeLowMark(reader, begin.chunk));
    const { rows, bytes } = this.deps.limits;
    const chunk = await reader.read(key, cursor, { rows, bytes: current ? Math.min(bytes, AHEAD_BYTES) : bytes });
    if (!chunk) throw new SpillwayError('source_unreachable', 'The key of the table has changed: existing rows are read anew');
    const next = { ...begin, cursor: chunk.cursor ?? cursor, chunk: begin.chunk + 1, rows: begin.rows + chunk.rows.length };
    return { id: randomUUID(), from, chunk, verdict: null, endLsn: null, last: chunk.last, bytes: chunk.bytes, next };
  }

  private async writeLowMark(reader: ChunkReader, chunk: number): Promise<string> {
    const { id, content } = this.marks.lowMark(chunk);
    await reader.mark(WATERMARK_PREFIX, content);
    return id;
  }

  /** Writes the chunk's high mark once there is room for its rows. False when somebody decided otherwise meanwhile: it is forgotten. */
  private async handOver(chunk: ReadChunk, reader: ChunkReader): Promise<boolean> {
    const { next, roomy } = this.deps;
    while ((await next()) === 'read' && !this.over) {
      if (roomy()) {
        this.wait(null);
        await reader.mark(WATERMARK_PREFIX, this.marks.highMark(chunk, chunk.next.chunk - 1));
        return true;
      }
      this.wait(WAITS_FOR_SINK);
      await this.wake.sleep(PAUSE_MS);
    }
    return false;
  }

  private async settled(chunk: ReadChunk): Promise<'settled' | 'again' | 'over'> {
    const { confirmed } = this.deps;
    while (!this.over && chunk.endLsn === null) await this.wake.sleep(PAUSE_MS);
    const { endLsn } = chunk;
    if (endLsn === null) return 'over';
    if (chunk.verdict === 'again') return 'again';
    while (!this.over && confirmed() < endLsn) await this.wake.sleep(PAUSE_MS);
    return confirmed() < endLsn ? 'over' : 'settled';
  }

  private async keep({ next }: ReadChunk): Promise<void> {
    this.progress = next;
    this.guard.advanced(next, performance.now());
    await this.deps.save(next);
  }

  /** `now`: whoever asks has something else to do when the answer is `later`; otherwise this waits until it is another. */
  private async mayRead(reader: ChunkReader, now: boolean): Promise<'read' | 'later' | 'end'> {
    const { roomy, next, onHeld } = this.deps;
    while (!this.over) {
      const wanted = await next();
      if (wanted === 'end' || this.over) return 'end';
      const { verdict, turned } = this.guard.judge(await reader.lookAtSlot());
      if (verdict.kind === 'lost') throw new SpillwayError('slot_lost', `Reading existing rows has ended: ${verdict.reason}`);
      if (turned) onHeld(verdict.kind === 'hold' ? verdict.reason : null);
      if (wanted === 'read' && verdict.kind === 'read' && (now || roomy())) return 'read';
      if (now) return 'later';
      this.wait(wanted === 'wait' ? WAITS_FOR_PERSON : verdict.kind === 'hold' ? `the slot: ${verdict.reason}` : WAITS_FOR_SINK);
      await this.wake.sleep(PAUSE_MS);
    }
    return 'end';
  }

  private wait(reason: string | null): void {
    if (reason === this.waiting) return;
    this.waiting = reason;
    this.deps.onWaiting(reason);
  }
}
