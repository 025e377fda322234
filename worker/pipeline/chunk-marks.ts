import { randomUUID } from 'node:crypto';
import type { Lsn } from '@/core/postgres/lsn';
import type { Chunk } from '@/worker/source/postgres/chunk-reader';
import { ReadIds, readChange } from '@/worker/source/postgres/read-change';
import type { Change, SourceItem, TransactionInfo } from '@/worker/source/source';
import { ChunkWindow } from './chunk-window';

export const WATERMARK_PREFIX = 'spillway.watermark';

/** A chunk that was read after one mark and is told by another. */
export interface MarkedChunk {
  /** Its high mark. */
  readonly id: string;
  /** The mark before it was read: a low mark, or the high mark of another chunk. */
  readonly from: string;
  /** Null once it was judged. */
  chunk: Chunk | null;
  /** Set when its high mark comes. */
  verdict: 'again' | 'stands' | null;
  /** End of the transaction of its high mark, once that came. */
  endLsn: Lsn | null;
}

export interface ChunkMarksDeps {
  readonly streamId: string;
  readonly epoch: number;
  readonly systemId: string;
  /** What the reading is of, as text. Read events of another have other ids. */
  readonly origin: string;
  /** Hands a read event over, at this place of the stream. */
  readonly emit: (change: Change) => void;
  /** A chunk's high mark came, and its transaction ended. */
  readonly onEnd: () => void;
}

/** The stream's side of reading in chunks: notes what transactions change, and puts a chunk's rows where its high mark comes. */
export class ChunkMarks {
  private readonly window: ChunkWindow;
  private readonly ids: ReadIds;
  private open: TransactionInfo | null = null;
  /** The latest mark of ours that came: the window counts from there. */
  private since: string | null = null;
  private low: string | null = null;
  private awaited: MarkedChunk | null = null;
  private inside: MarkedChunk | null = null;

  /** `before`: transactions that came on the stream before this saw any. */
  constructor(
    private readonly deps: ChunkMarksDeps,
    key: readonly string[],
    before: readonly number[],
  ) {
    this.window = new ChunkWindow(key, before);
    this.ids = new ReadIds(deps.origin);
  }

  /** What these changed is not known. */
  suspect(xids: readonly number[]): void {
    this.window.suspect(xids);
  }

  /** Content of a low mark that is to be written, and the mark itself. */
  lowMark(chunk: number): { readonly id: string; readonly content: string } {
    const id = randomUUID();
    this.low = id;
    return { id, content: this.contentOf(id, 'low', chunk) };
  }

  /** Content of the high mark of a chunk, from now on the one that is awaited. */
  highMark(marked: MarkedChunk, chunk: number): string {
    this.awaited = marked;
    return this.contentOf(marked.id, 'high', chunk);
  }

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
        if (this.inside) {
          this.inside.endLsn = item.endLsn;
          this.inside = null;
          this.deps.onEnd();
        }
        break;
      case 'keepalive':
      case 'relation':
        break;
    }
  }

  private contentOf(id: string, kind: 'low' | 'high', chunk: number): string {
    const { streamId, epoch } = this.deps;
    return JSON.stringify({ stream: streamId, epoch, chunk, window: id, kind });
  }

  private mark(content: string): void {
    const { awaited, open } = this;
    const id = windowOf(content);
    if (!open || id === null) return;
    if (id === this.low) this.count(id);
    if (!awaited || id !== awaited.id) return;
    this.awaited = null;
    const { chunk } = awaited;
    const standing = chunk && awaited.from === this.since ? this.window.judge(chunk) : null;
    awaited.chunk = null;
    awaited.verdict = standing ? 'stands' : 'again';
    this.inside = awaited;
    // The next chunk is read from here on.
    this.count(id);
    if (!standing || !chunk) return;
    const { commitLsn } = open;
    const { systemId, emit } = this.deps;
    for (const [seq, row] of standing.entries()) {
      emit(
        readChange(chunk, row, 'incremental', (relation, bytes) => {
          return { systemId, commitLsn, seq, fromSnapshot: true, readId: this.ids.of(relation, bytes()) };
        }),
      );
    }
  }

  private count(id: string): void {
    this.since = id;
    this.window.openAt();
  }
}

function windowOf(content: string): string | null {
  try {
    const mark: unknown = JSON.parse(content);
    return typeof mark === 'object' && mark !== null && 'window' in mark ? String(mark.window) : null;
  } catch {
    return null;
  }
}
