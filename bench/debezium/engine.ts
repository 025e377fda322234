import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PUBLICATION } from '../harness/backlog';

/** As the start script of a Kafka Connect worker sets it (KAFKA_HEAP_OPTS). */
export const CONNECT_HEAP = ['-Xms256M', '-Xmx2G'];
/** The smallest in which its queue has room to breathe; kinder to it where memory is compared. */
export const SMALL_HEAP = ['-Xmx512m'];
const JAVA = ['-Duser.timezone=UTC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'];

export interface EngineOptions {
  readonly classPath: string;
  readonly url: string;
  readonly slot: string;
  readonly table: string;
  readonly heap: readonly string[];
  /** Events after which it says that it is done. */
  readonly total: number;
  /** `bench.*` and `producer.*` of BenchEngine.java, and Debezium's own over `DEFAULTS`. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface EngineRun {
  readonly pid: number;
  /** Resolves when `total` events are where they should be; rejects when the engine ends before. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** Debezium's defaults but for what a drain needs: from the slot's position, no snapshot, JSON without schemas. */
const DEFAULTS = {
  name: 'bench',
  'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
  'offset.storage': 'org.apache.kafka.connect.storage.MemoryOffsetBackingStore',
  'topic.prefix': 'bench',
  'plugin.name': 'pgoutput',
  'publication.name': PUBLICATION,
  'publication.autocreate.mode': 'disabled',
  'snapshot.mode': 'no_data',
  'converter.schemas.enable': 'false',
};

/** For throughput: a longer queue, larger batches, short pauses between two looks at the queue. Our choice. */
export const TUNED = { 'max.batch.size': '8192', 'max.queue.size': '32768', 'poll.interval.ms': '10' };

export function startEngine({ classPath, url, slot, table, heap, total, properties }: EngineOptions): EngineRun {
  const at = new URL(url);
  const configuration = {
    ...DEFAULTS,
    'database.hostname': at.hostname,
    'database.port': at.port,
    'database.user': decodeURIComponent(at.username),
    'database.password': decodeURIComponent(at.password),
    'database.dbname': at.pathname.slice(1),
    'slot.name': slot,
    'table.include.list': `public.${table}`,
    'bench.total': String(total),
    ...properties,
  };
  const child = spawn('java', [...heap, ...JAVA, '-cp', classPath, 'BenchEngine'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const text = Object.entries(configuration).map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`);
  child.stdin.on('error', () => undefined);
  child.stdin.end(text.join(''));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const done = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('done ')) resolve();
    });
    child.once('error', reject);
    void exited.then(() => reject(new Error(`Debezium ended: ${errors.slice(-15).join('\n')}`)));
  });
  done.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    done,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
