import type { ReplayPreview } from '@/core/dto/inspection';
import { streamSpec } from '@/core/spec/stream-spec';
import type { OutboundEvent } from '@/worker/flow/flow';
import { openSampleChain, type SampleContext, type Sampled } from './sample-conversions';

type ShownLetter = ReplayPreview['letters'][number];

/** A letter, and the messages that the current flow makes of it. */
export interface RemadeLetter {
  readonly streamId: string;
  /** As stored. */
  readonly spec: unknown;
  readonly shown: ShownLetter;
  readonly events: readonly OutboundEvent[];
}

/** The letters as their streams' conversions would send them; those of streams without any stay as they are. */
export async function convertLetters(letters: readonly RemadeLetter[], context: SampleContext): Promise<ShownLetter[]> {
  const shown = new Map(letters.map((letter) => [letter, letter.shown]));
  for (const streamId of new Set(letters.map((letter) => letter.streamId))) {
    const own = letters.filter((letter) => letter.streamId === streamId && letter.events.length > 0);
    const [first] = own;
    const { conversions, applicationId } = first ? streamSpec.parse(first.spec) : { conversions: undefined, applicationId: '' };
    if (!conversions) continue;
    const chain = await openSampleChain(conversions, applicationId, context);
    try {
      const events = own.flatMap((letter) => letter.events);
      const sampled = await chain.convert(events);
      const byEvent = new Map(events.map((event, index) => [event, sampled[index]]));
      for (const letter of own) shown.set(letter, converted(letter, byEvent));
    } finally {
      await chain.close();
    }
  }
  return letters.map((letter) => shown.get(letter) ?? letter.shown);
}

function converted({ shown, events }: RemadeLetter, byEvent: ReadonlyMap<OutboundEvent, Sampled | undefined>): ShownLetter {
  const made = events.flatMap((event) => byEvent.get(event)?.made ?? []);
  const failed = made.find((each) => each.kind === 'failed');
  if (failed?.kind === 'failed') return { ...shown, output: null, problem: failed.error.message };
  const messages = made.flatMap((each) => (each.kind === 'events' ? each.events : []));
  const dropped = made.find((each) => each.kind === 'dropped');
  if (messages.length === 0 && dropped?.kind === 'dropped')
    return { ...shown, output: null, problem: `the conversions leave it out: ${dropped.reason}` };
  const outputs = messages.map(({ payload }) => payload?.toString('utf8') ?? 'null');
  // The letter holds the message from before the conversions: that is what `sameAsBefore` is about.
  return { ...shown, output: outputs[0] ?? null };
}
