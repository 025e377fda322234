import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalKafka } from '@/local/kafka';
import { freePort } from './postgres';

/** Name of the environment variable by which the shared broker of a test run is known, and by which you bring your own. */
export const KAFKA_BROKERS = 'KAFKA_BROKERS';

/** An Apache Kafka broker for a test. */
export interface TestKafka {
  /** `host:port[,host:port]`. */
  readonly brokers: string;
  /** False for a broker that was brought by KAFKA_BROKERS: it can not be killed or restarted from here. */
  readonly isOwn: boolean;
  /** Of the broker's process as it runs now; 0 for one that was brought. */
  readonly pid: number;
  stop(): Promise<void>;
  kill9(): Promise<void>;
  restart(): Promise<void>;
}

/** The broker of KAFKA_BROKERS when that is set, else an own one from Maven Central's artifacts. Throws KafkaUnavailable. */
export async function startKafka(): Promise<TestKafka> {
  const given = process.env[KAFKA_BROKERS];
  return given ? sharedBroker(given) : startOwnKafka();
}

type Settings = Record<string, string>;

/** An own broker also when KAFKA_BROKERS is set: for tests that kill it. `settings`: server properties, also by its two ports. */
export async function startOwnKafka(settings: Settings | ((port: number, controllerPort: number) => Settings) = {}): Promise<TestKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-kafka-'));
  const [port, controllerPort] = [await freePort(), await freePort()];
  const all = typeof settings === 'function' ? settings(port, controllerPort) : settings;
  const start = () => startLocalKafka({ folder, port, controllerPort, settings: all });
  let broker = await start();
  return {
    brokers: broker.brokers,
    isOwn: true,
    get pid() {
      return broker.pid;
    },
    async stop() {
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    kill9: () => broker.kill9(),
    async restart() {
      await broker.stop();
      broker = await start();
    },
  };
}

function sharedBroker(brokers: string): TestKafka {
  const refuse = async () => {
    throw new Error('this broker is shared (KAFKA_BROKERS): use startOwnKafka() to kill or restart one');
  };
  return { brokers, isOwn: false, pid: 0, stop: async () => undefined, kill9: refuse, restart: refuse };
}
