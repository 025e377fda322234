import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import { OUR_SLOT_PREFIX, parseApplicationName, quoteIdentifier } from '@/core/postgres/identifiers';
import { SQLSTATE } from '@/core/postgres/sqlstate';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { withSource } from './connection';
import { slotHolder, slotInUse } from './fencing';
import { tellPatroniToDrop } from './patroni';
import { sqlstateOf } from './source-error';

const ATTEMPTS = 20;
const PAUSE_MS = 100;
/** Six times Patroni's default loop_wait. */
const PATRONI_DROP_MS = 60_000;
const PATRONI_LOOK_MS = 250;

export interface DropOptions {
  readonly source: SourceConnection;
  readonly streamId: string;
  readonly slotName: string;
  readonly publicationName: string;
}

/** What the server's own catalog says afterwards: all 0 when everything of ours is gone. */
export interface DropProof {
  /** Rows of pg_replication_slots with that name. */
  readonly slots: number;
  /** Rows of pg_publication with that name. */
  readonly publications: number;
  /** Rows of pg_stat_replication that belong to the stream. */
  readonly walsenders: number;
}

/**
 * Ends the stream's own walsender, drops slot and publication, and reads back what is left. Safe to repeat. Refuses names without
 * our prefix (precondition_failed) and a slot that somebody else reads (slot_in_use).
 */
export async function dropSlotAndPublication(options: DropOptions): Promise<DropProof> {
  for (const name of [options.slotName, options.publicationName]) {
    if (!name.startsWith(OUR_SLOT_PREFIX))
      throw new SpillwayError('precondition_failed', `"${name}" was not made by Spillway and is not dropped`);
  }
  return withSource(options.source, { applicationName: 'spillway', statementTimeoutMs: 30_000, lockTimeoutMs: 10_000 }, async (client) => {
    await dropSlot(client, options);
    await client.query(`DROP PUBLICATION IF EXISTS ${quoteIdentifier(options.publicationName)}`);
    return proveDropped(client, options);
  });
}

/**
 * Patroni makes a slot again that it still knows, so it is told first; it drops the slot in its next loop. Throws source_not_ready
 * when it has not after 60 s.
 */
export async function dropThroughPatroni(client: Client, patroniUrl: string, slotName: string): Promise<void> {
  await tellPatroniToDrop(patroniUrl, slotName);
  for (const deadline = Date.now() + PATRONI_DROP_MS; Date.now() < deadline; await sleep(PATRONI_LOOK_MS)) {
    const left = await client.query('select from pg_replication_slots where slot_name = $1', [slotName]);
    if (left.rowCount === 0) return;
  }
  throw new SpillwayError('source_not_ready', `Patroni has not dropped slot ${slotName} within ${PATRONI_DROP_MS / 1000} s`, {
    remedy: 'Look into Patroni’s log; the drop is tried again by itself.',
  });
}

async function dropSlot(client: Client, { slotName, streamId, source }: DropOptions): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const holder = await slotHolder(client, slotName);
    if (holder) {
      if (parseApplicationName(holder.applicationName)?.streamId !== streamId) throw slotInUse(slotName, holder);
      await client.query('select pg_terminate_backend($1)', [holder.pid]);
    } else if (source.patroniUrl) {
      await dropThroughPatroni(client, source.patroniUrl, slotName);
      return;
    } else {
      try {
        await client.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [slotName]);
        return;
      } catch (thrown) {
        // Taken, or dropped, between the two statements: look again.
        const sqlstate = sqlstateOf(thrown);
        if ((sqlstate !== SQLSTATE.objectInUse && sqlstate !== SQLSTATE.undefinedObject) || attempt === ATTEMPTS) throw thrown;
      }
    }
    if (attempt === ATTEMPTS && holder) throw slotInUse(slotName, holder);
    await sleep(PAUSE_MS);
  }
}

/** A walsender that was ended shows up for a moment still; one that only kept a snapshot open holds no slot, and is ended here. */
async function proveDropped(client: Client, options: DropOptions): Promise<DropProof> {
  for (let attempt = 1; ; attempt += 1) {
    const proof = await readDropProof(client, options);
    if (proof.walsenders === 0 || attempt === ATTEMPTS) return proof;
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_replication where starts_with(application_name, 'spillway:' || $1 || ':')`,
      [options.streamId],
    );
    await sleep(PAUSE_MS);
  }
}

async function readDropProof(client: Client, { slotName, publicationName, streamId }: DropOptions): Promise<DropProof> {
  const found = await client.query<DropProof>(
    `select (select count(*)::int from pg_replication_slots where slot_name = $1) as slots,
            (select count(*)::int from pg_publication where pubname = $2) as publications,
            (select count(*)::int from pg_stat_replication where starts_with(application_name, 'spillway:' || $3 || ':')) as walsenders`,
    [slotName, publicationName, streamId],
  );
  return found.rows[0] ?? { slots: 0, publications: 0, walsenders: 0 };
}
