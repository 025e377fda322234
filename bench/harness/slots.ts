import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

/** Ends who reads it, then drops it; nothing when it is not there. */
export async function dropSlot(client: Client, name: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    await client.query('select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1 and active', [name]);
    const dropped = await client
      .query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [name])
      .then(
        () => true,
        () => false,
      );
    if (dropped) return;
    await sleep(100);
  }
  throw new Error(`slot ${name} could not be dropped`);
}

/** Waits until somebody reads the slot; the server's process that serves it. */
export async function readerOf(client: Client, name: string): Promise<number> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(10)) {
    const { rows } = await client.query<{ pid: number | null }>('select active_pid as pid from pg_replication_slots where slot_name = $1', [
      name,
    ]);
    if (rows[0]?.pid) return rows[0].pid;
  }
  throw new Error(`nobody reads slot ${name}`);
}
