import { setTimeout as sleep } from 'node:timers/promises';
import { SpillwayError } from '@/core/errors';
import { applicationNameFor, quoteIdentifier } from '@/core/postgres/identifiers';
import { formatLsn, type Lsn, laterLsn, parseLsn } from '@/core/postgres/lsn';
import { invalidationSentence } from '@/core/postgres/slot-health';
import { SQLSTATE } from '@/core/postgres/sqlstate';
import type { OffsetMismatchStrategy } from '@/core/spec/source';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { connectReplication, endQuietly, withSource } from './connection';
import { freeSlot } from './fencing';
import { askPatroniForSlot } from './patroni';
import { refuseSetBack } from './set-back';
import { slotCreationBlocked } from './slot-blockers';
import { dropThroughPatroni } from './slot-drop';
import { type SlotFacts, type SlotState, slotState } from './slot-state';
import { sqlstateOf, toSourceError } from './source-error';
import { timelineEnd } from './timeline';

/** Slot creation waits for every open write transaction; below the 30 s that people wait for an answer. */
const LOCK_TIMEOUT_MS = 29_000;
const PATRONI_LOOK_MS = 250;

export interface EnsureSlotOptions {
  readonly source: SourceConnection;
  readonly streamId: string;
  readonly epoch: number;
  readonly slotName: string;
  readonly publicationName: string;
  /** What the catalog recorded when the slot was made; null when it never recorded one. LSNs as text. */
  readonly recorded: {
    readonly systemIdentifier: string;
    readonly consistentPoint: string;
    readonly promisedLsn: string | null;
    /** WAL timeline on which the stream was last seen; null or absent = unknown. */
    readonly timeline?: number | null;
    /** Up to here this process has read from the server, on `timeline`; null or absent = it has not read yet. */
    readonly reachedLsn?: string | null;
  } | null;
  /** What to do about a slot beyond what the catalog recorded; absent = refuse it (position_mismatch). */
  readonly offsetMismatchStrategy?: OffsetMismatchStrategy | undefined;
  /** Export a snapshot with a new slot: the initial snapshot reads through it. */
  readonly exportSnapshot: boolean;
  /** Let standbys sync the slot (Postgres 17 and later; ignored before). Default true. */
  readonly failover?: boolean;
  readonly lockTimeoutMs?: number;
}

export interface EnsuredSlot {
  /** Made just now; otherwise found as it should be, or adopted. */
  readonly created: boolean;
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** Changes of transactions that commit after this point come on the stream. */
  readonly consistentPoint: Lsn;
  /** Where the stream goes on. */
  readonly confirmedFlushLsn: Lsn;
  /** Where the server wrote when the slot was looked at. */
  readonly currentLsn: Lsn;
  /** Set when the slot was taken as found although it stands beyond our record: changes between the two are not read. */
  readonly skipped?: { readonly fromLsn: Lsn; readonly toLsn: Lsn };
  /** Set when the server is on a later timeline than was recorded: before this position both hold the very same transactions. */
  readonly sharedUntil?: Lsn;
  /** Only with a slot made just now and exportSnapshot. Release it when the snapshot is read, or was given up. */
  readonly snapshot: ExportedSnapshot | null;
}

/** A snapshot that lives as long as the connection that made the slot stays open and idle. */
export interface ExportedSnapshot {
  readonly name: string;
  release(): Promise<void>;
}

/**
 * Makes the slot, or finds it as it was recorded; safe to repeat after a crash at any point.
 * A recorded slot must still be the same one and must stand where we may have put it, else slot_lost or position_mismatch: it is
 * never made anew silently. One that exists but was never recorded (crash right after its creation) has delivered nothing: it is
 * adopted, or made anew when a snapshot is wanted. Publication first: throws publication_missing without it.
 * Also: slot_creation_blocked (with `blockers`), slot_in_use, fenced, source_permission, source_not_ready.
 */
export async function ensureSlot(options: EnsureSlotOptions): Promise<EnsuredSlot> {
  const { slotName, publicationName, recorded } = options;
  const session = { applicationName: applicationNameFor(options.streamId, options.epoch), statementTimeoutMs: 30_000 };
  const found = await withSource(options.source, session, async (client) => {
    const state = await slotState(client, slotName, publicationName);
    if (recorded) return { state, ...verifyRecorded(state, options, recorded) };
    if (!state.publicationExists) {
      throw new SpillwayError('publication_missing', `Publication ${publicationName} has to exist before slot ${slotName} is made`);
    }
    if (!state.slot) return { state, slot: null };
    await freeSlot(client, slotName, options);
    if (state.slot.plugin !== 'pgoutput' || (state.slot.database !== null && state.slot.database !== options.source.database)) {
      throw new SpillwayError(
        'position_mismatch',
        `Slot ${slotName} exists, for plugin ${state.slot.plugin} and database ${state.slot.database}`,
      );
    }
    const { patroniUrl } = options.source;
    // Patroni exports no snapshot: there is nothing to gain from another slot.
    if ((!options.exportSnapshot || patroniUrl) && !state.slot.lost) return { state, slot: state.slot };
    if (patroniUrl) await dropThroughPatroni(client, patroniUrl, slotName);
    else await client.query('select pg_drop_replication_slot($1)', [slotName]);
    return { state, slot: null };
  });
  if (!found.slot)
    return options.source.patroniUrl ? createThroughPatroni(options, options.source.patroniUrl) : createSlot(options, found.state);
  const confirmedFlushLsn = found.slot.confirmedFlushLsn ?? 0n;
  const sharedUntil = recorded?.timeline ? await sharedHistory(options, recorded.timeline, found.state.timeline) : undefined;
  return {
    created: false,
    systemIdentifier: found.state.systemIdentifier,
    timeline: found.state.timeline,
    consistentPoint: recorded ? parseLsn(recorded.consistentPoint) : confirmedFlushLsn,
    confirmedFlushLsn,
    currentLsn: found.state.currentLsn,
    snapshot: null,
    ...(sharedUntil === undefined ? {} : { sharedUntil }),
    ...('skipped' in found && found.skipped ? { skipped: found.skipped } : {}),
  };
}

/** Strategies by which a slot beyond our record is taken as found. `trust_offset` refuses it, as we do without a strategy. */
const TAKES_SLOT: readonly (OffsetMismatchStrategy | undefined)[] = ['no_validation', 'trust_slot', 'trust_greater_lsn'];

function verifyRecorded(
  state: SlotState,
  { slotName, offsetMismatchStrategy }: EnsureSlotOptions,
  recorded: NonNullable<EnsureSlotOptions['recorded']>,
): { readonly slot: SlotFacts; readonly skipped?: EnsuredSlot['skipped'] } {
  const { slot } = state;
  if (recorded.systemIdentifier !== state.systemIdentifier) {
    throw new SpillwayError(
      'position_mismatch',
      `Slot ${slotName} was made on server ${recorded.systemIdentifier}; this is server ${state.systemIdentifier}`,
    );
  }
  const { timeline } = recorded;
  if (timeline != null && state.timeline < timeline) {
    throw new SpillwayError(
      'position_mismatch',
      `The server writes on timeline ${state.timeline}; this stream has followed its source to timeline ${timeline}: an old primary is up again, or the server was restored from a backup, and changes of timeline ${timeline} would be missed`,
      {
        timeline: state.timeline,
        recordedTimeline: timeline,
        remedy: 'Stop the old primary, or make it a standby of the present one; after a restore, read the table again.',
      },
    );
  }
  const { reachedLsn } = recorded;
  if (reachedLsn && state.timeline === timeline) refuseSetBack(state.currentLsn, parseLsn(reachedLsn), 'this stream has read from it');
  if (!slot && timeline != null && state.timeline > timeline) {
    throw new SpillwayError(
      'slot_lost',
      `Slot ${slotName} is not on the server that was promoted (timeline ${state.timeline}, before: ${timeline}): it had not been synced to that standby when the failover came`,
      { invalidationReason: 'not_synced', timeline: state.timeline, recordedTimeline: timeline },
    );
  }
  if (!slot)
    throw new SpillwayError(
      'slot_lost',
      `Slot ${slotName} no longer exists on the server: it was dropped by hand, or left behind at a failover`,
    );
  if (slot.lost) {
    throw new SpillwayError('slot_lost', `Slot ${slotName} is lost. ${invalidationSentence(slot.invalidationReason)}`, {
      invalidationReason: slot.invalidationReason,
      walStatus: slot.walStatus,
    });
  }
  const confirmed = slot.confirmedFlushLsn;
  const consistentPoint = parseLsn(recorded.consistentPoint);
  const promised = recorded.promisedLsn ? parseLsn(recorded.promisedLsn) : consistentPoint;
  const highest = laterLsn(promised, consistentPoint);
  if (confirmed !== null && confirmed > highest) {
    if (TAKES_SLOT.includes(offsetMismatchStrategy)) return { slot, skipped: { fromLsn: highest, toLsn: confirmed } };
    throw new SpillwayError(
      'position_mismatch',
      `Slot ${slotName} stands at ${formatLsn(confirmed)}, beyond ${formatLsn(highest)}, the last position that this stream confirmed: somebody moved or recreated it, and changes between the two would be missed`,
      { slotLsn: formatLsn(confirmed), promisedLsn: formatLsn(highest) },
    );
  }
  return { slot };
}

/** Undefined on the recorded timeline itself. Throws position_mismatch when the present one does not descend from it. */
async function sharedHistory({ source, streamId, epoch }: EnsureSlotOptions, recorded: number, present: number): Promise<Lsn | undefined> {
  if (present === recorded) return undefined;
  const client = await connectReplication(source, { applicationName: applicationNameFor(streamId, epoch) });
  try {
    const end = await timelineEnd(client, recorded, present);
    if (end !== null) return end;
  } catch (thrown) {
    throw toSourceError(thrown, `Reading the history of timeline ${present} failed`);
  } finally {
    await endQuietly(client);
  }
  throw new SpillwayError(
    'position_mismatch',
    `The server writes on timeline ${present}, which does not descend from timeline ${recorded} that this stream read: it was restored from a backup, and what this stream delivered may never have happened there`,
    { timeline: present, recordedTimeline: recorded },
  );
}

async function createSlot(options: EnsureSlotOptions, state: SlotState): Promise<EnsuredSlot> {
  const lockTimeoutMs = options.lockTimeoutMs ?? LOCK_TIMEOUT_MS;
  const client = await connectReplication(options.source, {
    applicationName: applicationNameFor(options.streamId, options.epoch),
    lockTimeoutMs,
  });
  try {
    const answer = await client.query<{ consistent_point: string; snapshot_name: string | null }>(createCommand(options, state.versionNum));
    const row = answer.rows[0];
    if (!row) throw new SpillwayError('protocol_error', 'CREATE_REPLICATION_SLOT answered without a row');
    const snapshot = options.exportSnapshot && row.snapshot_name ? { name: row.snapshot_name, release: () => endQuietly(client) } : null;
    if (!snapshot) await endQuietly(client);
    const consistentPoint = parseLsn(row.consistent_point);
    const { systemIdentifier, timeline, currentLsn } = state;
    return { created: true, systemIdentifier, timeline, consistentPoint, confirmedFlushLsn: consistentPoint, currentLsn, snapshot };
  } catch (thrown) {
    await endQuietly(client);
    if (sqlstateOf(thrown) === SQLSTATE.lockNotAvailable) throw await slotCreationBlocked(options.source, options.slotName, lockTimeoutMs);
    throw toSourceError(thrown, `Creating slot ${options.slotName} failed`);
  }
}

/** Patroni makes it on the leader within its loop_wait, or waits like everybody for the end of open transactions. */
async function createThroughPatroni(options: EnsureSlotOptions, patroniUrl: string): Promise<EnsuredSlot> {
  const { source, slotName, publicationName, lockTimeoutMs = LOCK_TIMEOUT_MS } = options;
  await askPatroniForSlot(patroniUrl, slotName, source.database);
  const session = { applicationName: applicationNameFor(options.streamId, options.epoch), statementTimeoutMs: 30_000 };
  return withSource(source, session, async (client) => {
    for (const deadline = Date.now() + lockTimeoutMs; Date.now() < deadline; await sleep(PATRONI_LOOK_MS)) {
      const { slot, systemIdentifier, timeline, currentLsn } = await slotState(client, slotName, publicationName);
      if (!slot?.confirmedFlushLsn) continue;
      const at = slot.confirmedFlushLsn;
      return { created: true, systemIdentifier, timeline, consistentPoint: at, confirmedFlushLsn: at, currentLsn, snapshot: null };
    }
    throw new SpillwayError('slot_creation_blocked', `Patroni has not made slot ${slotName} within ${lockTimeoutMs / 1000} s`, {
      remedy: 'Look for open write transactions on the leader and into Patroni’s log; it is asked for again by itself.',
    });
  });
}

/** The option list in parentheses came with Postgres 15. */
function createCommand({ slotName, exportSnapshot, failover = true }: EnsureSlotOptions, versionNum: number): string {
  const head = `CREATE_REPLICATION_SLOT ${quoteIdentifier(slotName)} LOGICAL pgoutput`;
  if (versionNum < 150_000) return `${head} ${exportSnapshot ? 'EXPORT_SNAPSHOT' : 'NOEXPORT_SNAPSHOT'}`;
  return `${head} (SNAPSHOT '${exportSnapshot ? 'export' : 'nothing'}'${versionNum >= 170_000 && failover ? ', FAILOVER true' : ''})`;
}
