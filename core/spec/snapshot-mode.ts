import type { SnapshotMode } from './source-choices';

/** Existing rows are delivered, before or beside the first changes. */
export function deliversRows(mode: SnapshotMode): boolean {
  return mode !== 'no_data';
}

/** Changes are delivered; without them the stream ends by itself once its rows are. */
export function deliversChanges(mode: SnapshotMode): boolean {
  return mode !== 'initial_only';
}
