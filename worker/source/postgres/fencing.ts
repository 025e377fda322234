import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import { parseApplicationName } from '@/core/postgres/identifiers';

const ATTEMPTS = 10;
const PAUSE_MS = 100;

/** Who reads a slot right now. */
export interface SlotHolder {
  readonly pid: number;
  readonly applicationName: string | null;
  readonly clientAddress: string | null;
  readonly username: string | null;
}

/** The holder of an active slot; null when nobody holds it (or it does not exist). */
export async function slotHolder(client: Client, slotName: string): Promise<SlotHolder | null> {
  const found = await client.query<{ pid: number; application_name: string | null; client_addr: string | null; usename: string | null }>(
    `select s.active_pid as pid, a.application_name, a.client_addr::text, a.usename::text
       from pg_replication_slots s left join pg_stat_activity a on a.pid = s.active_pid
      where s.slot_name = $1 and s.active_pid is not null`,
    [slotName],
  );
  const row = found.rows[0];
  return row ? { pid: row.pid, applicationName: row.application_name, clientAddress: row.client_addr, username: row.usename } : null;
}

export type HolderVerdict = 'ours_older' | 'ours_newer' | 'ours_same' | 'foreign';

/** Whether a holder is a leftover of this stream (may be ended), its successor (we stop), or somebody else (never touched). */
export function judgeHolder(holder: SlotHolder, self: { readonly streamId: string; readonly epoch: number }): HolderVerdict {
  const known = parseApplicationName(holder.applicationName);
  if (!known || known.streamId !== self.streamId) return 'foreign';
  if (known.epoch < self.epoch) return 'ours_older';
  return known.epoch > self.epoch ? 'ours_newer' : 'ours_same';
}

/**
 * Makes sure that nobody holds the slot: ends the walsender of an older epoch of this stream and waits for it to be gone, at most
 * 1 s. Throws `fenced` when a newer epoch holds it, `slot_in_use` (with pid, applicationName, clientAddress) for anybody else.
 */
export async function freeSlot(
  client: Client,
  slotName: string,
  self: { readonly streamId: string; readonly epoch: number },
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const holder = await slotHolder(client, slotName);
    if (!holder) return;
    switch (judgeHolder(holder, self)) {
      case 'ours_newer':
        throw new SpillwayError('fenced', `A later instance of this stream holds slot ${slotName}`, { ...holder });
      case 'foreign':
        throw slotInUse(slotName, holder);
      case 'ours_older':
        await client.query('select pg_terminate_backend($1)', [holder.pid]);
        break;
      case 'ours_same':
        // Our own connection of a moment ago, which the server has not put away yet.
        break;
    }
    await sleep(PAUSE_MS);
  }
  const holder = await slotHolder(client, slotName);
  if (holder) throw slotInUse(slotName, holder);
}

export function slotInUse(slotName: string, holder: SlotHolder): SpillwayError {
  const who = [
    holder.applicationName && `application ${holder.applicationName}`,
    holder.username && `role ${holder.username}`,
    holder.clientAddress && `from ${holder.clientAddress}`,
  ].filter(Boolean);
  return new SpillwayError(
    'slot_in_use',
    `Slot ${slotName} is read by process ${holder.pid}${who.length > 0 ? ` (${who.join(', ')})` : ''}`,
    {
      ...holder,
    },
  );
}
