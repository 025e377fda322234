import { LONG_MS, within } from './fault';
import type { ChaosWorld } from './world';

type Status = 'open' | 'replayed';

/** How many letters of a stream there are. */
export async function lettersOf(world: ChaosWorld, streamId: string, status: Status): Promise<number> {
  const rows = await world.fixture.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM dead_letter WHERE stream_id = $1 AND status = $2::"LetterStatus"`,
    [streamId, status],
  );
  return rows[0]?.n ?? 0;
}

/** Replays the open letters of these keys, pressed twice at once, waits until they are delivered, and forgets them. */
export async function replayTwice(world: ChaosWorld, streamId: string, keys: readonly number[]): Promise<void> {
  const press = async () => {
    await world.fixture.sql(
      `UPDATE dead_letter SET status = 'replaying', replay_requested_at = now(), replay_requested_by = 'lead'
       WHERE stream_id = $1 AND status = 'open' AND key_text = ANY($2)`,
      [streamId, keys.map((id) => JSON.stringify({ id }))],
    );
    await world.fixture.sql(`SELECT pg_notify('spillway_wake', $1)`, [JSON.stringify({ streamId, what: 'letters' })]);
  };
  await Promise.all([press(), press()]);
  await within('the replay', 2 * LONG_MS, async () => (await lettersOf(world, streamId, 'replayed')) === keys.length);
  await world.fixture.sql(`DELETE FROM dead_letter WHERE stream_id = $1 AND status = 'replayed'`, [streamId]);
}
