import { formatLsn } from '@/core/postgres/lsn';
import { deliversChanges } from '@/core/spec/snapshot-mode';
import type { PgLetterStore } from '@/worker/recovery/letter-store';
import type { ReadingPlan } from '@/worker/source/postgres/chunk-reader';
import type { EnsuredSlot } from '@/worker/source/postgres/slot';
import type { CatalogRecords } from './catalog-records';
import { type ChunkContext, chunkDeps } from './chunk-context';
import { ChunkedSnapshot, type SnapshotProgress } from './chunked-snapshot';
import { PassWatch } from './pass-watch';
import { deliverSnapshot } from './snapshot-phase';
import type { StateReporter } from './state-reporter';
import type { WakeUp } from './wake-up';

export interface ExistingRowsDeps extends ChunkContext {
  readonly records: CatalogRecords;
  readonly letters: PgLetterStore;
  /** Rung whenever events settle, and at a stop. */
  readonly progressed: WakeUp;
  readonly states: StateReporter;
  /** Nothing of what was received and is not confirmed counts any more. */
  readonly dropInFlight: () => Promise<void>;
  /** Repeats a catalog statement until it is done; rejects at a stop. */
  readonly persist: <T>(write: () => Promise<T>) => Promise<T>;
  /** Every row is settled. */
  readonly onDone: () => void;
}

const READING = 'Existing rows are read in chunks while changes stream';

/** The initial snapshot of one pipeline process, over all of its connections: which way it is read, how far it is, and when it is over. */
export class ExistingRows {
  private wanted: boolean;
  private onePass = false;
  /** How they could be read in chunks; null when they cannot. */
  private inChunks: Extract<ReadingPlan, { kind: 'chunks' }> | null = null;
  private kept: SnapshotProgress | null = null;
  private shown: { rows: number; total: number | null } = { rows: 0, total: null };
  private waiting: string | null = null;

  constructor(private readonly deps: ExistingRowsDeps) {
    const { snapshotState } = deps.assignment;
    this.wanted = snapshotState === 'pending' || snapshotState === 'running';
  }

  /** Rows are still to be delivered. */
  get pending(): boolean {
    return this.wanted;
  }
  /** Rows are read in one pass, before the stream: nothing may be confirmed until it is over. */
  get inOnePass(): boolean {
    return this.onePass;
  }
  /** The spec asks for the rows and no change: those are passed over. */
  get only(): boolean {
    return !deliversChanges(this.deps.assignment.spec.source.snapshot);
  }
  get figures(): { readonly rows: number; readonly total: number | null } {
    return this.shown;
  }

  /** What the reading waits for, as a sentence. */
  get waitsFor(): string | null {
    return this.wanted ? this.waiting : null;
  }

  /** How the rows are to be read on this connection; null when they are settled. */
  async plan(): Promise<ReadingPlan | null> {
    if (!this.wanted) return null;
    const { assignment, source, records, persist } = this.deps;
    const plan = await source.plan();
    this.inChunks = plan.kind === 'chunks' ? plan : null;
    if (!this.inChunks || assignment.spec.source.snapshotMethod !== 'blocking') return plan;
    // Chunks that were begun after a pass had to end go on as chunks, also after a restart.
    const { consistentPoint } = assignment;
    if (consistentPoint) this.kept ??= await persist(() => records.snapshotProgress(consistentPoint));
    return this.kept ? plan : { kind: 'whole', reason: 'the spec says so (snapshotMethod blocking)' };
  }

  /** Every row as an event of op r, delivered and settled before the first change. When it takes too long, what is planned next is chunks. */
  async readInOnePass(slot: EnsuredSlot, why: string): Promise<void> {
    const { states, persist, letters, source, send, stopping } = this.deps;
    this.onePass = true;
    const watch = new PassWatch(this.deps, () => this.shown);
    try {
      states.enter('snapshotting', `Existing rows are read in one pass before changes: ${why}`);
      // An interrupted one starts over: the exported snapshot died with its connection.
      if (!slot.snapshot) await persist(() => letters.discardSnapshotLetters());
      const reading = await source.snapshot(slot);
      this.shown = { rows: 0, total: reading.estimatedRows };
      send({ type: 'snapshot', state: 'running', ...this.shown });
      const overdue = () => this.inChunks !== null && watch.overdue !== null;
      const phase = { ...this.deps, onRow: () => this.shown.rows++, overdue };
      const end = await Promise.race([deliverSnapshot(reading.rows, slot.consistentPoint, phase), watch.lost]);
      if (end === 'settled') await this.finish();
      if (end === 'overdue') await this.goOnInChunks(slot, watch.overdue ?? '');
    } finally {
      watch.stop();
      this.onePass = stopping();
    }
  }

  /** What was delivered of the pass stays delivered; every row comes once more, and changes with them. */
  private async goOnInChunks(slot: EnsuredSlot, why: string): Promise<void> {
    const { persist, letters, records, send, dropInFlight } = this.deps;
    if (!this.inChunks) return;
    await dropInFlight();
    await persist(() => letters.discardSnapshotLetters());
    const begin: SnapshotProgress = { key: this.inChunks.key, cursor: null, chunk: 0, rows: 0, total: this.inChunks.estimatedRows };
    await persist(() => records.saveSnapshotProgress(formatLsn(slot.consistentPoint), begin));
    this.kept = begin;
    send({
      type: 'notice',
      reason: `reading every row in one pass has ended after ${this.shown.rows.toLocaleString('en-US')} rows: ${why}. Rows are read in chunks from now on, from the first one, while changes stream`,
    });
  }

  /** Made before the stream starts, so that it sees every transaction; the catalog is asked once a process. */
  async prepareChunks(key: readonly string[], total: number | null, slot: EnsuredSlot): Promise<ChunkedSnapshot> {
    const { source, records, persist, states, stopping } = this.deps;
    const consistentPoint = formatLsn(slot.consistentPoint);
    this.kept ??= await persist(() => records.snapshotProgress(consistentPoint));
    const begin =
      this.kept && JSON.stringify(this.kept.key) === JSON.stringify(key) ? this.kept : { key, cursor: null, chunk: 0, rows: 0, total };
    this.shown = { rows: begin.rows, total: begin.total };
    const own = {
      systemId: slot.systemIdentifier,
      origin: consistentPoint,
      open: () => source.chunks(),
      next: async () => (stopping() ? 'end' : 'read') as 'end' | 'read',
      onWaiting: (reason: string | null) => {
        this.waiting = reason;
      },
      save: async (progress: SnapshotProgress) => {
        await persist(() => records.saveSnapshotProgress(consistentPoint, progress));
        if (this.kept && this.kept.chunk >= progress.chunk && this.kept.key === progress.key) return;
        this.kept = progress;
        this.shown = { rows: progress.rows, total: progress.total };
        states.enter('snapshotting', READING);
      },
    };
    return new ChunkedSnapshot(chunkDeps(this.deps, own), begin);
  }

  /** Existing rows in chunks, while changes stream. Ends no connection: what it has read stays valid. */
  async readChunks(chunks: ChunkedSnapshot): Promise<void> {
    this.deps.states.enter('snapshotting', READING);
    this.deps.send({ type: 'snapshot', state: 'running', ...this.shown });
    if (await chunks.run()) await this.finish();
  }

  private async finish(): Promise<void> {
    const { persist, records, send, onDone } = this.deps;
    await persist(() => records.snapshotDone());
    this.wanted = false;
    this.shown.total = this.shown.rows;
    send({ type: 'snapshot', state: 'done', ...this.shown });
    onDone();
  }
}
