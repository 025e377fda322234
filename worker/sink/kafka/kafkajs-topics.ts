import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { typeOf } from './error-class';
import type { TopicFacts, TopicSettings } from './kafka-port';

/** A topic's partitions, replication and cleanup policy; null when there is no such topic. */
export async function describeKafkajsTopic(admin: Admin, name: string): Promise<TopicFacts | null> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
    const partitions = topics[0]?.partitions ?? [];
    if (partitions.length === 0) return null;
    const cleanupPolicy = await cleanupPolicyOf(admin, name);
    return { partitions: partitions.length, replicationFactor: partitions[0]?.replicas.length ?? 0, cleanupPolicy };
  } catch (error) {
    if (typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return null;
    throw error;
  }
}

/** Null where the user has no DescribeConfigs on the topic: what nobody may read cannot be compared. */
async function cleanupPolicyOf(admin: Admin, name: string): Promise<string | null> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames: ['cleanup.policy'] }],
    });
    return resources[0]?.configEntries.find((entry) => entry.configName === 'cleanup.policy')?.configValue ?? null;
  } catch (error) {
    const type = typeOf(error);
    if (type === 'TOPIC_AUTHORIZATION_FAILED' || type === 'CLUSTER_AUTHORIZATION_FAILED') return null;
    throw error;
  }
}

export async function createKafkajsTopic(admin: Admin, topic: string, asked: TopicSettings): Promise<void> {
  const { partitions = -1, replicationFactor = -1, cleanupPolicy } = asked;
  const configEntries = cleanupPolicy ? [{ name: 'cleanup.policy', value: cleanupPolicy }] : [];
  const definition = { topic, numPartitions: partitions, replicationFactor, configEntries };
  await admin.createTopics({ topics: [definition], waitForLeaders: true });
}
