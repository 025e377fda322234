import { JarsUnavailable, mavenJars } from './maven-jars';

/** Kafka can not be had on this machine; the message says why in words for a person. */
export const KafkaUnavailable = JarsUnavailable;

/** Folder with the broker's jars. Throws KafkaUnavailable. */
export function kafkaJars(say: (line: string) => void): string {
  return mavenJars({ folder: 'kafka', what: 'the Kafka broker' }, say);
}
