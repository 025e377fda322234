import type { InspectionInput, ReplayPreview } from '@/core/dto/inspection';
import { messageOf, SpillwayError } from '@/core/errors';
import { streamSpec } from '@/core/spec/stream-spec';
import manifest from '@/package.json';
import { stagedFlow } from '@/worker/flow/filter/staged-flow';
import type { Flow } from '@/worker/flow/flow';
import { createFlow } from '@/worker/flow/registry';
import { withKey } from '@/worker/flow/with-key';
import { megabytes } from '@/worker/recovery/oversize';
import { keyExpression } from '@/worker/sink/kafka/routing';
import { restoreChange, type StoredChange } from '@/worker/source/stored-change';
import { countParkedBehind, type LetterForReplay, lettersForReplay } from '../catalog/letters';
import type { InspectionContext } from './context';
import { convertLetters, type RemadeLetter } from './replay-converted';

/** What a replay of these letters through the current revision would send, without sending it. */
export async function previewReplay({ letterIds }: InspectionInput<'preview-replay'>, context: InspectionContext): Promise<ReplayPreview> {
  const { catalog } = context;
  const [letters, parkedBehind] = await Promise.all([
    lettersForReplay(catalog.query, letterIds),
    countParkedBehind(catalog.query, letterIds),
  ]);
  const first = letters[0];
  if (!first) throw new SpillwayError('not_found', 'these letters are gone');
  const nowUs = BigInt(Date.now()) * 1000n;
  const flows = new Map<string, Promise<Flow>>();
  const remade = await Promise.all(letters.map((letter) => preview(letter, flows, nowUs)));
  return {
    letters: await convertLetters(remade, context),
    revisionNumber: first.revisionNumber,
    keys: new Set(letters.map((letter) => `${letter.streamId} ${letter.keyText}`)).size,
    parkedBehind,
  };
}

async function preview(letter: LetterForReplay, flows: Map<string, Promise<Flow>>, nowUs: bigint): Promise<RemadeLetter> {
  const { id, keyText: key, input, streamId, spec } = letter;
  const remade = (shown: RemadeLetter['shown'], events: RemadeLetter['events'] = []): RemadeLetter => ({ streamId, spec, shown, events });
  // A deleted row is sent with its key; any other is not in the letter, and reading it now would not tell what is sent then.
  if (input.cut && input.after !== null)
    return remade({ id, key, output: null, sameAsBefore: false, problem: null, note: readAgainNote(input.cut) });
  try {
    const flow = await flowOf(letter, flows);
    const result = flow.transform(restoreChange(letter.input), nowUs);
    if (result.kind === 'filtered')
      return remade({ id, key, output: null, sameAsBefore: false, problem: `the current revision leaves it out: ${result.reason}` });
    const outputs = result.events.map((event) => event.payload?.toString('utf8') ?? 'null');
    const same = outputs.find((output) => letter.output !== null && sameButForTimes(output, letter.output));
    return remade({ id, key, output: same ?? outputs[0] ?? null, sameAsBefore: same !== undefined, problem: null }, result.events);
  } catch (thrown) {
    return remade({ id, key, output: null, sameAsBefore: false, problem: messageOf(thrown) });
  }
}

/** Pure. */
export function readAgainNote(cut: NonNullable<StoredChange['cut']>): string {
  const bytes = cut.reduce((sum, value) => sum + (value.side === 'after' ? value.bytes : 0), 0);
  return `The row has ${megabytes(bytes)} MB and is not kept in the letter. The replay reads it again by its key and sends it as it is in its table then; nothing is sent when it is gone.`;
}

function flowOf({ streamId, spec: stored, database }: LetterForReplay, flows: Map<string, Promise<Flow>>): Promise<Flow> {
  const known = flows.get(streamId);
  if (known) return known;
  const spec = streamSpec.parse(stored);
  const plain = createFlow(spec.flow, {
    logicalName: spec.applicationId,
    database,
    tombstones: spec.sink.type === 'Kafka' && spec.sink.tombstones,
    spillwayVersion: manifest.version,
  });
  const key = spec.sink.type === 'Kafka' ? keyExpression(spec.sink) : undefined;
  const flow = withKey(plain, key).then((keyed) => stagedFlow(keyed, spec));
  flows.set(streamId, flow);
  return flow;
}

/** Times that say when a message was made: different in every attempt. */
const MADE_AT = /"ts_(?:ms|us|ns)":\d+/g;

/** Compared as text, so that a number too long for a JS number still counts. Pure. */
export function sameButForTimes(left: string, right: string): boolean {
  return left.replace(MADE_AT, '') === right.replace(MADE_AT, '');
}
