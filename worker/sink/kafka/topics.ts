import { SpillwayError } from '@/core/errors';
import { openErrorOf } from './error-class';
import type { KafkaSession, TopicFacts, TopicSettings } from './kafka-port';

/**
 * Makes sure of a topic: an existing one must be as asked, a missing one is created so; where either is not so, the refusal says
 * what to do. Nothing else of Spillway creates topics, and brokers are never asked to by writing (allowAutoTopicCreation).
 * Throws sink_misconfigured, sink_auth_failed, sink_unreachable.
 */
export async function ensureTopic(session: KafkaSession, topic: string, asked: TopicSettings): Promise<void> {
  const facts = (await session.topic(topic)) ?? (await created(session, topic, asked));
  const difference = facts && differenceOf(topic, facts, asked);
  if (difference) throw new SpillwayError('sink_misconfigured', difference.message, { remedy: difference.remedy, problems: [difference] });
}

/** What another pipeline made meanwhile, or null when the topic is ours. */
async function created(session: KafkaSession, topic: string, asked: TopicSettings): Promise<TopicFacts | null> {
  try {
    await session.createTopic(topic, asked);
    return null;
  } catch (error) {
    const facts = await session.topic(topic).catch(() => null);
    if (facts) return facts;
    const refused = openErrorOf(error, `Topic ${topic} does not exist and cannot be created`);
    if (refused.kind === 'sink_unreachable') throw refused;
    const remedy = `Create the topic (${createCommand(topic, asked)}), or allow this user to create topics.`;
    throw new SpillwayError('sink_misconfigured', refused.message, { remedy, problems: [{ field: 'sink.topic', value: topic, remedy }] });
  }
}

/** How an existing topic differs from what the stream asks for: field, value and remedy; null when it does not. */
export function differenceOf(topic: string, facts: TopicFacts, asked: TopicSettings) {
  const { partitions, replicationFactor, cleanupPolicy } = asked;
  if (partitions !== undefined && partitions !== facts.partitions) {
    const more =
      partitions > facts.partitions
        ? `or add partitions (kafka-topics.sh --alter --topic ${topic} --partitions ${partitions}): keys move to other partitions then.`
        : 'or choose another topic: partitions cannot be taken away.';
    return told('partitions', `Topic ${topic} has ${facts.partitions} partitions`, partitions, `Ask for ${facts.partitions}, ${more}`);
  }
  if (replicationFactor !== undefined && replicationFactor !== facts.replicationFactor) {
    const remedy = `Ask for ${facts.replicationFactor}, or reassign the partitions (kafka-reassign-partitions.sh).`;
    return told('replicationFactor', `Topic ${topic} has replication factor ${facts.replicationFactor}`, replicationFactor, remedy);
  }
  if (cleanupPolicy !== undefined && facts.cleanupPolicy !== null && sorted(cleanupPolicy) !== sorted(facts.cleanupPolicy)) {
    const alter = `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config cleanup.policy=[${cleanupPolicy}]`;
    const remedy = `Ask for ${facts.cleanupPolicy}, or change the topic (${alter}).`;
    return told('cleanupPolicy', `Topic ${topic} has cleanup.policy ${facts.cleanupPolicy}`, cleanupPolicy, remedy);
  }
  return null;
}

function told(field: string, found: string, value: number | string, remedy: string) {
  return { field: `sink.${field}`, value, remedy, message: `${found}, and the stream asks for ${value}.` };
}

function sorted(policy: string): string {
  return policy.split(',').sort().join(',');
}

/** The command that makes such a topic by hand. */
export function createCommand(topic: string, { partitions = 6, replicationFactor, cleanupPolicy }: TopicSettings): string {
  const replication = replicationFactor === undefined ? '' : ` --replication-factor ${replicationFactor}`;
  const cleanup = cleanupPolicy === undefined ? '' : ` --config cleanup.policy=${cleanupPolicy}`;
  return `kafka-topics.sh --create --topic ${topic} --partitions ${partitions}${replication}${cleanup}`;
}

/** What is asked for, in words. */
export function wordsOf({ partitions, replicationFactor, cleanupPolicy }: TopicSettings): string {
  const words = [
    partitions === undefined ? null : `${partitions} ${partitions === 1 ? 'partition' : 'partitions'}`,
    replicationFactor === undefined ? null : `replication factor ${replicationFactor}`,
    cleanupPolicy === undefined ? null : `cleanup.policy ${cleanupPolicy}`,
  ].filter(Boolean);
  return words.length === 0 ? "with the broker's defaults" : `with ${words.join(', ')}`;
}
