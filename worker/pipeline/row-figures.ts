import type { ExistingRows } from './existing-rows';
import type { PipelineStats } from './messages';
import { ReadingPace } from './reading-pace';
import type { RequestedRows } from './requested-rows';

/** What a report says of existing rows: how far the initial snapshot is, and how fast whatever is being read comes. */
export class RowFigures {
  private readonly pace = new ReadingPace(0, performance.now());

  /** To be called about once a second. */
  read(
    initial: ExistingRows,
    { figures }: RequestedRows,
  ): Pick<PipelineStats, 'snapshotRows' | 'snapshotTotal' | 'snapshotPerSec' | 'snapshotWaitsFor'> {
    this.pace.note(figures?.rows ?? initial.figures.rows, performance.now());
    return {
      snapshotRows: initial.figures.rows,
      snapshotTotal: initial.figures.total,
      snapshotPerSec: Math.round(this.pace.perSec),
      snapshotWaitsFor: figures?.waitsFor ?? initial.waitsFor,
    };
  }
}
