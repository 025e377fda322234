import { SpillwayError } from '@/core/errors';
import { formatLsn } from '@/core/postgres/lsn';
import { scopeWords } from '@/core/spec/snapshot-scope';
import type { EnsuredSlot } from '@/worker/source/postgres/slot';
import type { SourceItem } from '@/worker/source/source';
import { type ChunkContext, chunkDeps } from './chunk-context';
import { ChunkedSnapshot, type SnapshotProgress } from './chunked-snapshot';
import type { SnapshotRequest, SnapshotRequests } from './snapshot-requests';
import { WakeUp } from './wake-up';

export interface RequestedRowsDeps extends ChunkContext {
  readonly requests: SnapshotRequests;
}

const RETRY_MS = 1_000;
const WAITS_FOR_CATALOG = 'the catalog database, where its progress is kept';

/**
 * Reads rows again that somebody asked for, while changes stream: one request at a time, in chunks between marks as an initial snapshot.
 * How far it is stands in the catalog, so a kill -9 costs one chunk. Lives as long as the process; `serve` runs once a connection.
 */
export class RequestedRows {
  private request: SnapshotRequest | null = null;
  private job: ChunkedSnapshot | null = null;
  private stale = false;
  private closed = false;
  private readonly wake = new WakeUp();
  private shown: { rows: number; waitsFor: string | null } | null = null;

  constructor(private readonly deps: RequestedRowsDeps) {}

  /** What is being read now: rows settled, and what it waits for. Null = nothing is. */
  get figures(): { readonly rows: number; readonly waitsFor: string | null } | null {
    return this.shown;
  }

  /** People decided about a request: look. */
  changed(): void {
    this.stale = true;
    this.ring();
  }

  ring(): void {
    this.wake.ring();
    this.job?.ring();
  }

  take(item: SourceItem): void {
    if (item.kind === 'begin') this.deps.recent.note(item.transaction.xid, performance.now());
    this.job?.take(item);
  }

  /** The connection is gone. */
  end(): void {
    this.closed = true;
    this.job?.end();
    this.wake.ring();
  }

  /** For the life of one connection; rejects with a SpillwayError of the source. */
  async serve(slot: EnsuredSlot): Promise<void> {
    this.closed = false;
    while (!this.over) {
      if (this.stale) await this.look();
      if (this.request && !this.over) await this.read(this.request, slot);
      else if (!this.stale) await this.wake.sleep(null);
    }
  }

  private get over(): boolean {
    return this.closed || this.deps.stopping();
  }

  private async look(): Promise<void> {
    this.stale = false;
    const found = await this.patiently(() => this.deps.requests.active());
    if (found === undefined) this.stale = true;
    else this.request = found;
  }

  private async read(request: SnapshotRequest, slot: EnsuredSlot): Promise<void> {
    this.shown = { rows: request.progress?.rows ?? 0, waitsFor: null };
    try {
      const plan = await this.deps.source.plan(request.scope);
      if (plan.kind === 'whole') return await this.finish(request, `rows cannot be read again: ${plan.reason}`);
      const { key, estimatedRows } = plan;
      if (request.progress && JSON.stringify(request.progress.key) !== JSON.stringify(key))
        return await this.finish(
          request,
          `the key of the table has changed (${request.progress.key.join(', ')} before, ${key.join(', ')} now)`,
        );
      const job = this.jobOf(request, request.progress ?? { key, cursor: null, chunk: 0, rows: 0, total: estimatedRows }, slot);
      this.job = job;
      if (await job.run()) await this.finish(request, null);
    } catch (thrown) {
      if (!(thrown instanceof SpillwayError) || thrown.kind !== 'invalid_input') throw thrown;
      await this.finish(request, thrown.message);
    } finally {
      this.job = null;
      this.shown = null;
    }
  }

  private jobOf(request: SnapshotRequest, begin: SnapshotProgress, slot: EnsuredSlot): ChunkedSnapshot {
    const { source, requests } = this.deps;
    const own = {
      systemId: slot.systemIdentifier,
      origin: `${formatLsn(slot.consistentPoint)}/${request.id}`,
      open: () => source.chunks(request.scope),
      next: () => this.next(request.id),
      onWaiting: (waitsFor: string | null) => {
        if (this.shown) this.shown = { ...this.shown, waitsFor };
      },
      save: async (progress: SnapshotProgress) => {
        await this.patiently(() => requests.save(request.id, progress));
        if (this.request?.id === request.id) this.request = { ...this.request, progress };
        if (this.shown) this.shown = { ...this.shown, rows: progress.rows };
      },
    };
    return new ChunkedSnapshot(chunkDeps(this.deps, own), begin);
  }

  private async next(id: string): Promise<'read' | 'wait' | 'end'> {
    if (this.stale) await this.look();
    if (this.over || this.request?.id !== id) return 'end';
    return this.request.status === 'paused' ? 'wait' : 'read';
  }

  /** `why` = it failed. */
  private async finish(request: SnapshotRequest, why: string | null): Promise<void> {
    const what = `Reading ${scopeWords(request.scope)} again`;
    const sentence = why === null ? `${what} is done` : `${what} has failed: ${why}`;
    await this.patiently(() => this.deps.requests.finish(request.id, why === null ? 'done' : 'failed', why, sentence));
    if (this.request?.id === request.id) this.request = null;
  }

  /** Repeats a statement until the catalog takes it; the stream goes on meanwhile. Undefined when the connection or the process ended first. */
  private async patiently<T>(write: () => Promise<T>): Promise<T | undefined> {
    while (!this.over) {
      try {
        return await write();
      } catch (thrown) {
        if (!(thrown instanceof SpillwayError) || thrown.kind !== 'catalog_unavailable') throw thrown;
        if (this.shown) this.shown = { ...this.shown, waitsFor: WAITS_FOR_CATALOG };
        await this.wake.sleep(RETRY_MS);
      }
    }
    return undefined;
  }
}
