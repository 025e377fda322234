import type { ErrorKind } from '@/core/error-catalogue';
import type { StreamState } from '@/core/lifecycle/stream-state';

export type Stage = 'source' | 'flow' | 'sink' | 'recovery';

/** Error kinds that are about one end of the stream; the rest are about the pipeline itself. */
const STAGE_OF_ERROR: Partial<Record<ErrorKind, Stage>> = {
  source_unreachable: 'source',
  source_auth_failed: 'source',
  source_not_ready: 'source',
  source_permission: 'source',
  slot_creation_blocked: 'source',
  slot_in_use: 'source',
  slot_lost: 'source',
  position_mismatch: 'source',
  publication_missing: 'source',
  table_missing: 'source',
  protocol_error: 'source',
  sink_unreachable: 'sink',
  sink_auth_failed: 'sink',
  sink_misconfigured: 'sink',
  delivery_refused: 'sink',
};

/** The stage that is the trouble, so that the eye goes there first; null when all is well. */
export function troubleStage(state: StreamState, errorKind: ErrorKind | null): Stage | null {
  switch (state) {
    case 'slot_lost':
    case 'position_mismatch':
    case 'slot_in_use':
      return 'source';
    case 'parked':
      return 'recovery';
    case 'spilling':
      return 'sink';
    case 'retrying':
      return (errorKind && STAGE_OF_ERROR[errorKind]) ?? 'sink';
    case 'failed':
      return (errorKind && STAGE_OF_ERROR[errorKind]) ?? 'flow';
    case 'provisioning':
      return errorKind ? 'source' : null;
    default:
      return null;
  }
}
