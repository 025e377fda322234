import { KAFKA_BROKERS, startKafka } from './kafka';

/** Global set-up of the Kafka test project: one broker for the whole run, or the one of KAFKA_BROKERS. */
export default async function setup(): Promise<() => Promise<void>> {
  const broker = await startKafka();
  process.env[KAFKA_BROKERS] = broker.brokers;
  return () => broker.stop();
}
