import { reasonText } from '../inputs';
import { letterSelection, NAME_ONE_WAY, namesOneWay, sqlNamed, streamOfLetters, teamOfLetters } from '../letter-selection';
import { aboutStream } from '../stream-changes';
import { defineVerb } from '../verb';

/** Gives open or parked letters up, with a reason. Letters parked behind a discarded one follow by themselves. */
export const discard = defineVerb({
  name: 'dead-letters.discard',
  subject: 'dead letter',
  input: letterSelection.extend({ reason: reasonText(5) }).refine(namesOneWay, NAME_ONE_WAY),
  team: teamOfLetters,
  run: async (tx, { actor, input }) => {
    const stream = await streamOfLetters(tx, input);
    const discarded = await tx.$executeRaw`
      update dead_letter d set status = 'discarded', resolved_at = now(), resolved_by = ${actor.name}, resolution = ${input.reason}
       where ${sqlNamed(input)} and d.status in ('open', 'parked')`;
    const { reason, ...named } = input;
    return {
      result: { discarded },
      audit: aboutStream(stream, `discarded ${discarded} dead letters: ${reason}`, { after: { ...named, discarded } }),
      wake: { streamId: stream.id, what: 'letters' },
    };
  },
});
