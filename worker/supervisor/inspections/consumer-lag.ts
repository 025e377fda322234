import type { InspectionAnswer, InspectionInput } from '@/core/dto/inspection';
import { SpillwayError } from '@/core/errors';
import { streamSpec } from '@/core/spec/stream-spec';
import { readConsumerLag } from '@/worker/sink/kafka/consumer-groups';
import { transactionalIdOf } from '@/worker/sink/kafka/kafka-sink';
import { ownTopics } from '@/worker/sink/kafka/own-topics';
import { sinkTargetByName } from '../catalog/sink-targets';
import { openSinkSecret } from '../connections';
import type { InspectionContext } from './context';

type Answer = InspectionAnswer<'consumer-lag'>;

/** However many people look at a stream, its brokers are asked once in so long. */
const KEPT_MS = 12_000;
const kept = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();

/** Who reads the topics of a stream, and how far behind they are. */
export async function answerConsumerLag({ streamId }: InspectionInput<'consumer-lag'>, context: InspectionContext): Promise<Answer> {
  const now = Date.now();
  for (const [id, { at }] of kept) if (now - at > KEPT_MS) kept.delete(id);
  const known = kept.get(streamId);
  if (known) return known.answer;
  const answer = read(streamId, context);
  kept.set(streamId, { at: now, answer });
  // A failure is asked about again at once.
  answer.catch(() => kept.delete(streamId));
  return answer;
}

async function read(streamId: string, { catalog, privateKey, signal }: InspectionContext): Promise<Answer> {
  const [row] = await catalog.query<{ name: string; spec: unknown }>(
    `SELECT s.name, r.spec FROM stream s JOIN stream_revision r ON r.id = s.current_revision_id WHERE s.id = $1`,
    [streamId],
  );
  if (!row) throw new SpillwayError('not_found', 'there is no such stream');
  const spec = streamSpec.parse(row.spec);
  const { sink } = spec;
  if (sink.type !== 'Kafka') throw new SpillwayError('invalid_input', `the stream writes to ${sink.type}, which has no consumer groups`);
  const target = await sinkTargetByName(catalog.query, sink.target);
  if (target?.config.type !== 'Kafka')
    throw new SpillwayError('sink_misconfigured', `sink target "${sink.target}" is not registered any more`);
  const pattern = ownTopics(sink, spec, row.name);
  if (!pattern) {
    const note = 'The rows alone name the topics, so which of the cluster’s topics are this stream’s cannot be told.';
    return { topics: [], moreTopics: 0, groups: [], moreGroups: 0, note };
  }
  return readConsumerLag({
    config: target.config,
    secret: openSinkSecret(target, privateKey),
    isOurs: (topic) => pattern.test(topic),
    ownGroup: transactionalIdOf(streamId),
    nowMs: Date.now(),
    signal,
  });
}
