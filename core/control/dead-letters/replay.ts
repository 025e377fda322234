import { letterSelection, NAME_ONE_WAY, namesOneWay, sqlNamed, streamOfLetters, teamOfLetters } from '../letter-selection';
import { aboutStream } from '../stream-changes';
import { defineVerb } from '../verb';

interface Counts {
  readonly requested: number;
  readonly keys: number;
  readonly blocked: number;
}

/**
 * Marks open letters for replay; the stream's pipeline sends them in key order and parked letters behind them follow by
 * themselves. Only what still is open moves, so that a second press requests nothing. A letter with an earlier open letter of
 * its key that is not replayed too is left (`blocked`): sending it first would break the key's order.
 */
export const replay = defineVerb({
  name: 'dead-letters.replay',
  subject: 'dead letter',
  input: letterSelection.refine(namesOneWay, NAME_ONE_WAY),
  team: teamOfLetters,
  run: async (tx, { actor, input }) => {
    const stream = await streamOfLetters(tx, input);
    const named = sqlNamed(input);
    // Locked first and in one order, so that two presses follow each other instead of deadlocking.
    await tx.$queryRaw`select d.id::text from dead_letter d where ${named} and d.status = 'open' order by d.id for update`;
    const [counts] = await tx.$queryRaw<Counts[]>`
      with named as (
        select d.id, d.stream_id, d.key_text, d.commit_lsn, d.seq from dead_letter d where ${named} and d.status = 'open'
      ), free as (
        select n.id from named n
         where n.key_text is null or not exists (
           select from dead_letter e
            where e.stream_id = n.stream_id and e.key_text = n.key_text and e.status = 'open'
              and (e.commit_lsn, e.seq) < (n.commit_lsn, n.seq)
              and not exists (select from named m where m.id = e.id))
      ), moved as (
        update dead_letter d set status = 'replaying', replay_requested_at = now(), replay_requested_by = ${actor.name}
          from free where d.id = free.id and d.status = 'open'
        returning d.id, d.key_text
      )
      select count(*)::int as requested, count(distinct coalesce(key_text, id::text))::int as keys,
             (select count(*) from named)::int - count(*)::int as blocked
        from moved`;
    const result = counts ?? { requested: 0, keys: 0, blocked: 0 };
    const left = result.blocked > 0 ? `; ${result.blocked} left behind an earlier open letter of their key` : '';
    return {
      result,
      audit: aboutStream(stream, `requested the replay of ${result.requested} dead letters of ${result.keys} keys${left}`, {
        after: { ...input, ...result },
      }),
      wake: { streamId: stream.id, what: 'letters' },
    };
  },
});
