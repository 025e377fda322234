import type { Assignment } from './assignment';
import type { ChunkedSnapshotDeps } from './chunked-snapshot';
import type { InFlight } from './in-flight';
import type { Intake } from './intake';
import type { FromPipeline } from './messages';
import type { RecentTransactions } from './recent-transactions';
import type { SourceLink } from './source-link';

/** What every reading in chunks of one pipeline shares: the stream it stands in, and whom to tell. */
export interface ChunkContext {
  readonly assignment: Assignment;
  readonly source: SourceLink;
  readonly inFlight: InFlight;
  readonly intake: Intake;
  readonly recent: RecentTransactions;
  readonly send: (message: FromPipeline) => void;
  readonly stopping: () => boolean;
}

type Own = Pick<ChunkedSnapshotDeps, 'open' | 'origin' | 'next' | 'save' | 'onWaiting' | 'systemId'>;

/** A reading's view of its pipeline. A chunk takes half of what may be in flight, so that changes find room beside it. */
export function chunkDeps({ assignment, inFlight, intake, recent, send }: ChunkContext, own: Own): ChunkedSnapshotDeps {
  const { streamId, epoch, limits } = assignment;
  return {
    ...own,
    streamId,
    epoch,
    before: recent.list(performance.now()),
    limits: { rows: Math.max(1, limits.maxInFlightEvents >> 1), bytes: limits.maxInFlightBytes >> 1 },
    roomy: () => intake.roomy,
    confirmed: () => inFlight.confirmed,
    emit: (change) => intake.change(change),
    onHeld: (reason) =>
      send({
        type: 'notice',
        reason: reason ? `reading existing rows is held back: ${reason}` : 'reading existing rows goes on: the slot is safe again',
      }),
  };
}
