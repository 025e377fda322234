import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Kafka as Client, logLevel } from 'kafkajs';
import { ROOT } from './fingerprint.mjs';
import { kafkaJars } from './kafka-jars';
import { processFacts } from './process-table';

export interface KafkaOptions {
  /** For configuration, log and data; made when missing. */
  folder: string;
  port: number;
  controllerPort: number;
  /** Server properties over the defaults. */
  settings?: Record<string, string>;
  say?: (line: string) => void;
  onStart?: (name: string, pid: number, startTime: number) => void;
}

/** A running Apache Kafka broker (KRaft, one node) on 127.0.0.1, without authentication. */
export interface Kafka {
  /** `host:port`, as for KAFKA_BROKERS. */
  readonly brokers: string;
  readonly pid: number;
  /** Controlled shutdown. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
}

/** Starts a broker on the folder, formatting it when it is empty. Throws KafkaUnavailable when the machine can not have one. */
export async function startLocalKafka(options: KafkaOptions): Promise<Kafka> {
  const say = options.say ?? (() => undefined);
  const classPath = `${kafkaJars(say)}/*`;
  const properties = join(options.folder, 'server.properties');
  const logFile = join(options.folder, 'kafka.log');
  mkdirSync(options.folder, { recursive: true });
  writeFileSync(properties, propertiesOf(options));
  if (!existsSync(join(options.folder, 'data/meta.properties'))) format(classPath, properties, options.folder);

  const log = openSync(logFile, 'a');
  const java = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
  const child = spawn('java', [...java, '-cp', classPath, 'kafka.Kafka', properties], {
    cwd: ROOT,
    detached: true, // Ctrl-C reaches the launcher only, which stops things in order
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const brokers = `127.0.0.1:${options.port}`;
  const pid = child.pid ?? 0;
  options.onStart?.('kafka', pid, processFacts(pid)?.startTime ?? 0);
  await untilReady(brokers, () => child.exitCode !== null, logFile);
  return {
    brokers,
    pid,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
      await ended;
      clearTimeout(timer);
    },
    async kill9() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function propertiesOf({ folder, port, controllerPort, settings }: KafkaOptions): string {
  const all = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'log.dirs': join(folder, 'data'),
    ...settings,
  };
  return `${Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

function format(classPath: string, properties: string, folder: string): void {
  rmSync(join(folder, 'data'), { recursive: true, force: true }); // a format that was cut short
  const tool = ['-cp', classPath, '-XX:TieredStopAtLevel=1', 'kafka.tools.StorageTool'];
  // A cluster id is 16 bytes in this form; one that begins with a dash would be taken for an option.
  const id = `A${randomBytes(16).toString('base64url').slice(1)}`;
  execFileSync('java', [...tool, 'format', '-t', id, '-c', properties, '--standalone'], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Ready = a client gets the cluster's description with a controller in it: before that, topics can not be created. */
async function untilReady(brokers: string, hasEnded: () => boolean, logFile: string): Promise<void> {
  const admin = new Client({ brokers: [brokers], logLevel: logLevel.NOTHING, connectionTimeout: 1_000, retry: { retries: 0 } }).admin();
  let last = 'no answer';
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await wait(200)) {
    if (hasEnded()) break;
    try {
      await admin.connect();
      const { brokers: known, controller } = await admin.describeCluster();
      if (known.length > 0 && controller !== null) return;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    } finally {
      await admin.disconnect();
    }
  }
  throw new Error(`Kafka did not start (${last}):\n${readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n')}`);
}
