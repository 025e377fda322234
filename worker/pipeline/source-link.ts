import { SpillwayError } from '@/core/errors';
import { applicationNameFor } from '@/core/postgres/identifiers';
import type { SnapshotScope } from '@/core/spec/snapshot-scope';
import type { ReadRow } from '@/worker/recovery/recovery';
import { ChunkReader, planReading, type ReadingPlan } from '@/worker/source/postgres/chunk-reader';
import { atPrimary, withSource } from '@/worker/source/postgres/connection';
import { emitMessage } from '@/worker/source/postgres/logical-message';
import { PresentValuesReader } from '@/worker/source/postgres/present-values';
import { ensurePublication } from '@/worker/source/postgres/publication';
import { readRow } from '@/worker/source/postgres/row-reader';
import { type EnsuredSlot, ensureSlot } from '@/worker/source/postgres/slot';
import { slotState } from '@/worker/source/postgres/slot-state';
import { readSnapshot, type SnapshotReading } from '@/worker/source/postgres/snapshot';
import { openSubscription } from '@/worker/source/postgres/subscription';
import { tableRefOf } from '@/worker/source/postgres/table-relation';
import type { ItemHandler, Subscription } from '@/worker/source/source';
import type { Assignment } from './assignment';
import { HEARTBEAT_PREFIX } from './heartbeat';

/** What is known of the slot that the stream has; null before it was made. LSNs as text. */
export interface RecordedSlot {
  readonly systemIdentifier: string;
  readonly consistentPoint: string;
  readonly promisedLsn: string | null;
  /** WAL timeline on which the stream was last seen. */
  readonly timeline?: number | null;
  /** Up to here this process has settled what it read on that timeline; null or absent = it has not read yet. */
  readonly reachedLsn?: string | null;
}

/** The pipeline's view of its source. Every call rejects with a SpillwayError. */
export interface SourceLink {
  /** Publication first, then slot: a slot can never pass the place where its publication did not exist. */
  ensure(recorded: RecordedSlot | null, exportSnapshot: boolean): Promise<EnsuredSlot>;
  /** How existing rows can be read, and about how many there are. */
  plan(scope?: SnapshotScope): Promise<ReadingPlan>;
  chunks(scope?: SnapshotScope): Promise<ChunkReader>;
  /** All rows in one pass. */
  snapshot(slot: EnsuredSlot): Promise<SnapshotReading>;
  subscribe(systemIdentifier: string, onItem: ItemHandler): Promise<Subscription>;
  /** Values that the stream left out as unchanged. */
  readonly values: PresentValuesReader;
  /** One row as it is now, for a replay whose letter does not hold it. */
  readonly row: ReadRow;
  /** Writes a heartbeat on the source, which comes back on the stream; false when the server takes no writes. */
  beat(content: string): Promise<boolean>;
}

/** `wholeRowBytes`: what a row may take on the wire to be held whole; asked for at each connection, since a sink may learn its limits. */
export function postgresLink(
  { source: registered, spec, streamId, epoch, slotName, publicationName }: Assignment,
  wholeRowBytes: () => number,
): SourceLink {
  // At the host that took writes when the slot was last looked at: what follows must see the same server, never another timeline.
  let source = registered;
  let isNew = false;
  const session = { applicationName: applicationNameFor(streamId, epoch), statementTimeoutMs: 30_000 };
  const beat = (content: string) => withSource(source, session, (client) => emitMessage(client, HEARTBEAT_PREFIX, content));
  const table = tableRefOf(spec.source);
  const named = { streamId, epoch, slotName, publicationName };
  return {
    async ensure(recorded, exportSnapshot) {
      source = await atPrimary(registered, session);
      const state = await withSource(source, session, (client) => slotState(client, slotName, publicationName));
      if (recorded && state.slot && !state.publicationExists)
        throw new SpillwayError('publication_missing', `Publication ${publicationName} does not exist on the server`);
      if (!recorded || state.slot) await ensurePublication({ source, publicationName, spec: spec.source });
      const slot = await ensureSlot({
        ...named,
        source,
        recorded,
        exportSnapshot,
        offsetMismatchStrategy: spec.source.offsetMismatchStrategy,
      });
      isNew ||= slot.created;
      return slot;
    },
    plan: (scope) => planReading({ source: registered, streamId, epoch, table, scope }),
    chunks: (scope) =>
      ChunkReader.open({ source, streamId, epoch, slotName, table: { ...table, wholeValueBytes: wholeRowBytes() }, scope }),
    snapshot: (slot) =>
      readSnapshot({
        source,
        streamId,
        epoch,
        systemIdentifier: slot.systemIdentifier,
        table: { ...table, wholeValueBytes: wholeRowBytes() },
        readers: spec.source.snapshotMaxThreads ?? 1,
        exported: slot.snapshot && { snapshot: slot.snapshot, consistentPoint: slot.consistentPoint },
      }),
    row: (of, key) =>
      readRow({ source, streamId, epoch, table: { ...table, schema: of.schema, table: of.table }, maxBytes: wholeRowBytes() }, key),
    async subscribe(systemIdentifier, onItem) {
      const reading = { ...named, source, wholeRowBytes: wholeRowBytes(), systemIdentifier, origin: spec.source.origin };
      const subscription = await openSubscription(reading, onItem);
      // A standby takes a new slot over for good only once something newer is confirmed, which an idle table would never bring about.
      if (isNew && (registered.standbys ?? []).length > 0) void beat('provisioned').catch(() => undefined);
      isNew = false;
      return subscription;
    },
    values: new PresentValuesReader({
      source: () => source,
      applicationName: session.applicationName,
      rowFilter: spec.source.rowFilter,
      maxValueBytes: wholeRowBytes(),
    }),
    beat,
  };
}
