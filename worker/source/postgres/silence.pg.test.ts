import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type SourceFixture, sourceFixture } from './fixture';

/** wal_sender_timeout. A process may stand still for two thirds of it, which leaves a slow machine seconds. */
const PAUSED_MS = 9_000;
const IDLE_MS = 6_000;
/** The server is told where we are every third of its timeout. */
const REPLIES = 5;

async function withTimeout(ms: number, work: (db: SourceFixture) => Promise<void>): Promise<void> {
  const db = await sourceFixture();
  try {
    await db.query('create table t (id int primary key)');
    await db.provision('t');
    await db.query(`alter database "${db.source.database}" set wal_sender_timeout = '${ms}ms'`);
    await work(db);
  } finally {
    await db.drop();
  }
}

/** Its process, and when the last reply to the server was made. */
async function walsender(db: SourceFixture): Promise<{ pid: unknown; replied: string } | undefined> {
  const [row] = await db.query(
    'select r.pid, r.reply_time::text as replied from pg_stat_replication r join pg_replication_slots s on s.active_pid = r.pid where s.slot_name = $1',
    [db.slotName],
  );
  return row && { pid: row.pid, replied: String(row.replied) };
}

// Beside each other: what they do is wait.
describe.concurrent('silence', () => {
  it('survives a paused socket for longer than wal_sender_timeout, and goes on where it stood', async () => {
    await withTimeout(PAUSED_MS, async (db) => {
      const received = await db.subscribe();
      const before = await walsender(db);
      received.subscription.pause();
      await db.query('insert into t select generate_series(1, 200000)');
      const since = Date.now();
      const replies = new Set<string>();
      while (replies.size < REPLIES || Date.now() - since < PAUSED_MS * 1.3) {
        const now = await walsender(db);
        expect(now?.pid, 'the server has ended the connection').toBe(before?.pid);
        replies.add(now?.replied ?? '');
        await sleep(200);
      }
      received.subscription.resume();
      await received.until((items) => items.some((item) => item.kind === 'commit'));
      expect(received.changes()).toHaveLength(200_000);
      expect((await walsender(db))?.pid).toBe(before?.pid);
    });
  });

  it('does not take an idle server for a dead one', async () => {
    await withTimeout(IDLE_MS, async (db) => {
      const received = await db.subscribe();
      const before = await walsender(db);
      // Longer than twice of it, after which a silent server is given up.
      await sleep(2.2 * IDLE_MS);
      await db.query('insert into t values (1)');
      await received.until((items) => items.some((item) => item.kind === 'commit'));
      expect((await walsender(db))?.pid).toBe(before?.pid);
    });
  });
});
