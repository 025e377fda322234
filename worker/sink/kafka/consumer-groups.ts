import { type Admin, Kafka } from 'kafkajs';
import type { ConsumerGroup, ConsumerLag } from '@/core/dto/consumer-lag';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { credentialsOf } from './credentials';
import { openErrorOf, typeOf } from './error-class';
import { guardedSockets } from './guarded-sockets';
import { kafkaConfig, RETRY } from './kafkajs-config';

export interface ConsumerQuestion {
  readonly config: SinkTargetConfigOf<'Kafka'>;
  readonly secret: string | null;
  /** Is this topic one of the stream's? */
  readonly isOurs: (topic: string) => boolean;
  /** The group in which an exactly-once stream keeps its own position. */
  readonly ownGroup: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

const MOST_TOPICS = 50;
const MOST_SHOWN = 20;
/** Each group costs a question to its coordinator. */
const MOST_GROUPS = 200;
const AT_ONCE = 8;
const AGES_MS = [60_000, 300_000, 3_600_000, 86_400_000] as const;

const NO_RIGHTS_TO_TOPICS =
  'The user of this sink target may not describe the topics, so nothing is known about their readers (ACL: Describe on the topics).';
const NO_GROUPS =
  'No consumer group has committed an offset on these topics. Groups that the user of this sink target may not describe are not listed either (ACL: Describe on the groups).';

/** One partition's end of log, and the first offset that is no older than each of AGES_MS. */
interface End {
  readonly topic: string;
  readonly partition: number;
  readonly end: bigint;
  readonly youngerThan: readonly bigint[];
}

/**
 * Committed offsets of all groups against the ends of the logs of the stream's topics. Reads only, over connections of its own: a few
 * requests, one more a topic and age, and two a group. Throws sink_unreachable and sink_auth_failed.
 */
export async function readConsumerLag(question: ConsumerQuestion): Promise<ConsumerLag> {
  const { config, secret, signal } = question;
  signal.throwIfAborted();
  const sockets = guardedSockets(config.brokers);
  const settings = { brokers: config.brokers, clientId: 'spillway-consumer-groups', ...credentialsOf(config, secret) };
  const admin = new Kafka(kafkaConfig(settings, sockets.create)).admin({ retry: { ...RETRY, retries: 1 } });
  const stop = () => sockets.destroyAll();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await admin.connect();
    return await read(admin, question);
  } catch (error) {
    signal.throwIfAborted();
    throw openErrorOf(error, `Kafka at ${config.brokers.join(', ')}`);
  } finally {
    signal.removeEventListener('abort', stop);
    await admin.disconnect().catch(() => undefined);
    sockets.destroyAll();
  }
}

async function read(admin: Admin, { isOurs, ownGroup, nowMs }: ConsumerQuestion): Promise<ConsumerLag> {
  // Brokers list the topics that the user may describe.
  const all = (await admin.listTopics()).filter(isOurs).sort();
  const topics = all.slice(0, MOST_TOPICS);
  const nothing = { topics, moreTopics: all.length - topics.length, groups: [], moreGroups: 0 };
  if (topics.length === 0) {
    return {
      ...nothing,
      note: 'The brokers show no topic of this stream: none was made yet, or the user of this sink target may not describe it.',
    };
  }
  const ends = await endsOf(admin, topics, nowMs);
  if (!ends) return { ...nothing, note: NO_RIGHTS_TO_TOPICS };
  const ids = await groupIds(admin);
  if (!ids) return { ...nothing, note: NO_GROUPS };
  const others = ids.filter((id) => id !== ownGroup);
  const groups = (await inTurns(others.slice(0, MOST_GROUPS), (id) => groupOf(admin, id, topics, ends)))
    .filter((group) => group !== null)
    .sort((a, b) => b.lag - a.lag || (a.id < b.id ? -1 : 1));
  const unseen = others.length - MOST_GROUPS;
  const tooMany = `The cluster has ${others.length} groups; the first ${MOST_GROUPS} were looked at.`;
  return {
    ...nothing,
    groups: groups.slice(0, MOST_SHOWN),
    moreGroups: Math.max(0, groups.length - MOST_SHOWN),
    note: unseen > 0 ? tooMany : groups.length === 0 ? NO_GROUPS : null,
  };
}

/** Null without the right to them. */
async function endsOf(admin: Admin, topics: readonly string[], nowMs: number): Promise<End[] | null> {
  try {
    const ends = await inTurns(topics, async (topic) => {
      const [latest, ...ages] = await Promise.all([
        admin.fetchTopicOffsets(topic),
        ...AGES_MS.map((age) => admin.fetchTopicOffsetsByTimestamp(topic, nowMs - age)),
      ]);
      return latest.map(({ partition, high }): End => {
        const firstSince = ages.map((offsets) => BigInt(offsets.find((each) => each.partition === partition)?.offset ?? high));
        return { topic, partition, end: BigInt(high), youngerThan: firstSince };
      });
    });
    return ends.flat();
  } catch (error) {
    if (typeOf(error) === 'TOPIC_AUTHORIZATION_FAILED') return null;
    throw error;
  }
}

/** Brokers list the groups that the user may describe. Null where they refuse to list at all. */
async function groupIds(admin: Admin): Promise<string[] | null> {
  try {
    return (await admin.listGroups()).groups.map(({ groupId }) => groupId).sort();
  } catch (error) {
    if (typeOf(error)?.endsWith('_AUTHORIZATION_FAILED')) return null;
    throw error;
  }
}

/** Null when it has nothing to do with these topics, or is not to be seen. */
async function groupOf(admin: Admin, id: string, topics: string[], ends: readonly End[]): Promise<ConsumerGroup | null> {
  const offsets = await admin.fetchOffsets({ groupId: id, topics }).catch((error: unknown) => {
    if (typeOf(error)?.startsWith('GROUP_')) return [];
    throw error;
  });
  const committed = new Map(
    offsets.flatMap(({ topic, partitions }) => partitions.map(({ partition, offset }) => [`${partition} ${topic}`, BigInt(offset)])),
  );
  const read = new Set(offsets.filter(({ partitions }) => partitions.some(({ offset }) => offset !== '-1')).map(({ topic }) => topic));
  if (read.size === 0) return null;
  let lag = 0n;
  let uncommittedPartitions = 0;
  let waitingOverMs: number | null = null;
  for (const { topic, partition, end, youngerThan } of ends) {
    if (!read.has(topic)) continue;
    const at = committed.get(`${partition} ${topic}`) ?? -1n;
    if (at < 0n) uncommittedPartitions++;
    else if (at < end) {
      lag += end - at;
      const age = AGES_MS.findLast((_, index) => at < (youngerThan[index] ?? 0n)) ?? 0;
      waitingOverMs = Math.max(waitingOverMs ?? 0, age);
    }
  }
  return { id, members: await membersOf(admin, id), lag: Number(lag), uncommittedPartitions, waitingOverMs };
}

/** Null where it is not told: groups of the newer protocol (KIP-848) are unknown to this request. */
async function membersOf(admin: Admin, id: string): Promise<number | null> {
  const described = await admin.describeGroups([id]).catch((error: unknown) => {
    if (typeOf(error) !== undefined) return null;
    throw error;
  });
  const group = described?.groups[0];
  return group && group.state !== 'Dead' ? group.members.length : null;
}

/** So many at once, in the order given. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  return results;
}
