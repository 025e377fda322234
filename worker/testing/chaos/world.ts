import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { RecoverySpec } from '@/core/spec/recovery';
import type { StreamSpecInput } from '@/core/spec/stream-spec';
import { migrate } from '@/local/migrate';
import { type CatalogFixture, catalogFixture } from '@/worker/supervisor/fixture';
import { specFor } from '@/worker/supervisor/fixture-spec';
import { type CompiledWorker, compileWorker } from '@/worker/supervisor/fixture-worker';
import { type CommittedChange, createOracleTable, Oracle, randomOf } from '../oracle';
import { startPostgres, type TestPostgres } from '../postgres';
import { SmallDisk } from '../small-disk';
import { TcpProxy } from '../tcp-proxy';
import { StreamChecker } from './checker';
import { EventLogReader, sturdyPool } from './event-log';
import { ChaosKafka } from './kafka';
import { LedgerPeer, type TimedArrival } from './ledger-peer';
import { type PipelineProcess, pipelinesOf, signal } from './processes';
import { CanaryWatch, Watch } from './watch';

export interface ChaosStream {
  readonly name: string;
  readonly id: string;
  readonly sink: 'Http' | 'EventLog' | 'Kafka';
  /** Then nothing may ever come twice. */
  readonly exactlyOnce: boolean;
  readonly oracle: Oracle;
  readonly checker: StreamChecker;
  /** Committed beside the oracle since the cycle began; each of keys of their own. */
  readonly beside: CommittedChange[];
  /** Where the oracle's list stood when the cycle began. */
  mark: number;
  arrivals(): Promise<readonly TimedArrival[]>;
  arrived(): Promise<number>;
  /** Hands over what arrived in this cycle and begins the next. */
  take(): Promise<readonly TimedArrival[]>;
}

/** What a program imports first so that its wall clock is off by so many ms; its timers are not. */
const skew = (ms: number) => `const Real = Date;
globalThis.Date = class extends Real {
  constructor(...parts) { if (parts.length === 0) super(Real.now() + ${ms}); else super(...parts); }
  static now() { return Real.now() + ${ms}; }
};
`;

/** Rows with keys from here on are refused by the receiver for ever. */
export const POISON_FROM = 9_000_000;
const isPoison = (key: number) => key >= POISON_FROM;

export interface WorldOptions {
  readonly seed: number;
  /** Of the source; 18 when not given. */
  readonly majorVersion?: number | undefined;
  /** With a broker and two streams more. */
  readonly kafka?: boolean;
  /** Source and catalog on disks that can be filled, when this user may mount them. */
  readonly smallDisks?: boolean;
}
const CATALOG_DISK = 1024 ** 3;
const SOURCE_DISK = 3 * 1024 ** 3;

interface Wanted {
  readonly name: string;
  readonly sink: ChaosStream['sink'];
  readonly recovery: RecoverySpec;
  readonly exactlyOnce?: boolean;
}
const LETTERS: RecoverySpec = { type: 'DeadLetter', maxAttempts: 2, keyOrder: 'park', maxOpen: 10_000 };
const STREAMS: readonly Wanted[] = [
  { name: 'orders', sink: 'Http', recovery: LETTERS },
  { name: 'customers', sink: 'Http', recovery: { type: 'Ignore', maxAttempts: 2 } },
  { name: 'logged', sink: 'EventLog', recovery: { type: 'None' } },
  // Nobody writes its table.
  { name: 'idle', sink: 'EventLog', recovery: { type: 'None' } },
];
/** With a broker. None of its faults is a fault of an event: they would show as dead letters. */
const KAFKA_STREAMS: readonly Wanted[] = [
  { name: 'published', sink: 'Kafka', recovery: LETTERS },
  { name: 'exact', sink: 'Kafka', recovery: LETTERS, exactlyOnce: true },
];

/**
 * A worker with four streams, a source, a catalog, a receiver and an event log, and two more with a broker if there is one: each a process or a server of its own that can be
 * killed, and proxies between the worker and the source, the receiver, the event log and the broker.
 */
export class ChaosWorld {
  readonly streams: ChaosStream[] = [];
  readonly poisoned = new Map<string, number[]>();
  /** The one that was started last. */
  worker: ChildProcess | null = null;
  private readonly workers = new Set<ChildProcess>();
  watch!: Watch;
  canaries!: CanaryWatch;
  private writing: { stop: boolean; readonly done: Promise<unknown> } | null = null;
  private nextKey = 1_000_000;

  private constructor(
    readonly logFile: string,
    readonly servers: { readonly catalog: TestPostgres; readonly source: TestPostgres; readonly log: TestPostgres },
    readonly proxies: { readonly source: TcpProxy; readonly sink: TcpProxy; readonly log: TcpProxy },
    readonly peer: LedgerPeer,
    readonly fixture: CatalogFixture,
    private readonly compiled: CompiledWorker,
    readonly sourceUrl: string,
    private readonly logPool: pg.Pool,
    readonly kafka: ChaosKafka | null,
    /** Null when this user must not mount, or nobody asked for them. */
    readonly disks: { readonly catalog: SmallDisk; readonly source: SmallDisk } | null,
  ) {}

  /** Throws KafkaUnavailable when a broker is asked for that the machine can not have. */
  static async build({ seed, majorVersion, kafka: withKafka, smallDisks }: WorldOptions): Promise<ChaosWorld> {
    const catalogDisk = smallDisks ? SmallDisk.mount(CATALOG_DISK) : null;
    const sourceDisk = smallDisks ? SmallDisk.mount(SOURCE_DISK) : null;
    const random = randomOf(seed);
    const draw = () => Math.floor(random() * 2 ** 31);
    const [catalog, source, log, kafka] = await Promise.all([
      startPostgres({ parent: catalogDisk?.folder, settings: { max_wal_size: '96MB', min_wal_size: '80MB' } }),
      // A silent peer is given up in 10 s instead of 60 s, so that cycles stay short.
      startPostgres({ majorVersion, parent: sourceDisk?.folder, settings: { wal_sender_timeout: '10s' } }),
      startPostgres(),
      withKafka ? ChaosKafka.start(seed) : null,
    ]);
    const [catalogUrl, sourceUrl, logUrl] = await Promise.all([
      catalog.createDatabase('catalog'),
      source.createDatabase('shop'),
      log.createDatabase('log'),
    ]);
    await migrate(catalogUrl);
    const fixture = await catalogFixture({ url: catalogUrl, name: 'catalog', drop: async () => undefined });
    const peer = new LedgerPeer(randomOf(draw()), isPoison);
    await peer.up();
    const through = (port: number) => TcpProxy.start({ host: '127.0.0.1', port }, draw());
    const proxies = { source: await through(source.port), sink: await through(peer.port), log: await through(log.port) };
    const folder = mkdtempSync(join(tmpdir(), 'spillway-chaos-'));
    const compiled = await compileWorker(fixture.key.privateKey);
    const world = new ChaosWorld(
      join(folder, 'worker.log'),
      { catalog, source, log },
      proxies,
      peer,
      fixture,
      compiled,
      sourceUrl,
      sturdyPool(logUrl),
      kafka,
      catalogDisk && sourceDisk ? { catalog: catalogDisk, source: sourceDisk } : null,
    );
    await fixture.addSource('shop', proxies.source.urlThrough(sourceUrl));
    await fixture.addEventLogTarget('log', proxies.log.urlThrough(logUrl));
    await createTable(sourceUrl);
    if (kafka) await addKafkaTarget(fixture, kafka.bootstrap);
    for (const wanted of [...STREAMS, ...(kafka ? KAFKA_STREAMS : [])]) await world.addStream(wanted, draw());
    closeSync(openSync(world.logFile, 'w'));
    world.watch = new Watch(sourceUrl, world.streams, () => world.worker?.pid ?? null);
    world.canaries = new CanaryWatch(
      world.logFile,
      new Map([
        ['the password of the source', source.password],
        ['the password of the catalog', catalog.password],
        ['the password of the event log', log.password],
        ['the key of the worker', fixture.key.privateKey],
      ]),
    );
    return world;
  }

  private async addStream({ name, sink, recovery, exactlyOnce = false }: Wanted, seed: number): Promise<void> {
    const number = this.streams.length + 1;
    await createOracleTable(this.sourceUrl, name);
    const spec = specFor(name, 'shop', name, 'log', 'no_data');
    if (sink === 'Http') await this.fixture.addHttpTarget(`to-${name}`, `http://127.0.0.1:${this.proxies.sink.port}/${name}`);
    const sinks: Record<ChaosStream['sink'], StreamSpecInput['sink']> = {
      Http: { type: 'Http', target: `to-${name}`, maxBatchSize: 100 },
      EventLog: spec.sink,
      Kafka: { type: 'Kafka', target: 'bus', topic: name, tombstones: false, delivery: exactlyOnce ? 'exactly_once' : 'at_least_once' },
    };
    const checker = new StreamChecker();
    const ways = await this.waysToRead(name, sink, checker);
    const id = await this.fixture.addApprovedStream({ ...spec, recovery, sink: sinks[sink] }, 8 * 1024 ** 3);
    const oracle = new Oracle({ url: this.sourceUrl, table: name, seed, firstKey: number * 10_000, keys: 300, pauseMs: 15 });
    this.streams.push({ name, id, sink, exactlyOnce, oracle, checker, beside: [], mark: 0, ...ways });
  }
  private async waysToRead(name: string, sink: ChaosStream['sink'], checker: StreamChecker) {
    if (sink === 'EventLog') {
      const reader = new EventLogReader(this.logPool, name);
      return { arrivals: () => reader.take(), arrived: () => reader.count(), take: () => reader.take() };
    }
    if (sink === 'Kafka') {
      const reader = await this.kafka?.topic(name);
      if (!reader) throw new Error(`${name} needs a broker`);
      return { arrivals: () => reader.soFar(), arrived: async () => checker.fresh(await reader.soFar()), take: async () => reader.take() };
    }
    const ledger = this.peer.ledger(name);
    return { arrivals: async () => ledger, arrived: async () => checker.fresh(ledger), take: async () => ledger.splice(0) };
  }

  /** The receiver refuses and the broker cannot be reached, until what it gives is called. */
  async refuseEverything(): Promise<() => Promise<void>> {
    this.peer.mode = 'down';
    const heal = await this.kafka?.proxy.add({ type: 'down' });
    return async () => {
      this.peer.mode = 'well';
      await heal?.();
    };
  }

  /** `skewMs`: how far its wall clock and its pipelines' is off. */
  startWorker(env: Record<string, string> = {}, skewMs = 0): void {
    const log = openSync(this.logFile, 'a');
    const folder = skewMs === 0 ? this.compiled.folder : this.skewedPrograms(skewMs);
    this.worker = spawn(process.execPath, [join(folder, 'worker.mjs')], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        DATABASE_URL: this.fixture.url,
        SPILLWAY_WORKER_KEY_FILE: this.compiled.keyFile,
        SPILLWAY_WORKER_ID: 'chaos',
        LOG_LEVEL: 'debug',
        // The catalog's disk may be a small one, which is filled on purpose.
        SPILLWAY_SPILL_MIN_FREE_BYTES: '0',
        ...env,
      },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.workers.add(this.worker);
  }
  private skewedPrograms(ms: number): string {
    const folder = join(this.compiled.folder, `skew${ms}`);
    mkdirSync(folder, { recursive: true });
    cpSync(join(this.compiled.folder, 'chunks'), join(folder, 'chunks'), { recursive: true });
    writeFileSync(join(folder, 'skew.mjs'), skew(ms));
    for (const program of ['worker.mjs', 'pipeline.mjs'])
      writeFileSync(join(folder, program), `import './skew.mjs';\n${readFileSync(join(this.compiled.folder, program), 'utf8')}`);
    return folder;
  }
  /** The worker runs and every stream has its slot: what is committed from now on has to arrive. */
  async begin(): Promise<void> {
    this.startWorker();
    for (const until = Date.now() + 120_000; Date.now() < until; await sleep(100)) {
      const rows = await this.fixture.sql(`SELECT 1 FROM stream WHERE state = 'streaming'`);
      if (rows.length === this.streams.length) return;
    }
    throw new Error(`not every stream streams after 120 s; the worker's log: ${this.logFile}`);
  }
  async endWorker(name: 'SIGTERM' | 'SIGKILL', worker = this.worker): Promise<void> {
    if (worker) this.workers.delete(worker);
    if (!worker || worker.exitCode !== null || worker.signalCode !== null) return;
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill(name);
    await gone;
  }
  pipelines(): PipelineProcess[] {
    return this.worker?.pid ? pipelinesOf(this.worker.pid) : [];
  }
  pipeline(stream: string): PipelineProcess | undefined {
    return this.pipelines().find((pipeline) => pipeline.stream === stream);
  }

  /** The writers write until `stopLoad`. */
  startLoad(): void {
    const writing = { stop: false };
    const loaded = this.streams.filter(({ name }) => name !== 'idle');
    const done = Promise.all(loaded.map(({ oracle }) => oracle.run(1_000_000, () => writing.stop)));
    this.writing = Object.assign(writing, { done });
  }
  async stopLoad(): Promise<void> {
    if (!this.writing) return;
    this.writing.stop = true;
    await this.writing.done;
    this.writing = null;
  }

  /** One transaction with so many rows of new keys. */
  async bigTransaction(stream: ChaosStream, rows: number): Promise<void> {
    const first = this.nextKey;
    this.nextKey += rows;
    await this.watch.query(`INSERT INTO ${stream.name} SELECT k, k, 'big' FROM generate_series($1::int, $2::int) k`, [
      first,
      first + rows - 1,
    ]);
    for (let key = first; key < first + rows; key++) stream.beside.push({ key, op: 'c', version: key });
  }
  /** One transaction of so many new rows of which one is refused for ever. */
  async poisonAmong(stream: ChaosStream, rows: number): Promise<void> {
    const keys = this.poisoned.get(stream.name) ?? [];
    this.poisoned.set(stream.name, keys);
    const poison = POISON_FROM + keys.length;
    const first = this.nextKey;
    this.nextKey += rows;
    await this.watch.query(
      `INSERT INTO ${stream.name} SELECT CASE WHEN k = $3 THEN $4::int ELSE k END, k, 'one of many' FROM generate_series($1::int, $2::int) k`,
      [first, first + rows - 1, first + 20, poison],
    );
    keys.push(poison);
    for (let key = first; key < first + rows; key++) if (key !== first + 20) stream.beside.push({ key, op: 'c', version: key });
  }
  /** A row with a value of so many bytes. */
  async wideRow(stream: ChaosStream, bytes: number): Promise<void> {
    const key = this.nextKey++;
    await this.watch.query(`INSERT INTO ${stream.name} VALUES ($1, $1, 'wide', jsonb_build_object('value', repeat('x', $2))::text)`, [
      key,
      bytes,
    ]);
    stream.beside.push({ key, op: 'c', version: key });
  }
  /** One transaction of new rows which the receiver refuses until it is told otherwise; gives their keys. */
  async refusedForNow(stream: ChaosStream, rows: number): Promise<number[]> {
    const first = this.nextKey;
    const last = first + rows - 1;
    this.peer.refusing = (key) => key >= first && key <= last;
    await this.bigTransaction(stream, rows);
    return Array.from({ length: rows }, (_, index) => first + index);
  }
  /** What the event log holds of a stream that is not among `streams`. */
  async logged(name: string): Promise<readonly TimedArrival[]> {
    return new EventLogReader(this.logPool, name).take();
  }
  /** Rows that the receiver refuses for ever, a transaction each. */
  async poison(stream: ChaosStream, rows: number): Promise<void> {
    const keys = this.poisoned.get(stream.name) ?? [];
    this.poisoned.set(stream.name, keys);
    for (let row = 0; row < rows; row++) {
      const key = POISON_FROM + keys.length;
      await this.watch.query(`INSERT INTO ${stream.name} VALUES ($1, 1, 'poison')`, [key]);
      keys.push(key);
    }
  }

  /** Ends every process and server of its own. The log stays when `keepLog`. */
  async remove(keepLog: boolean): Promise<void> {
    if (this.writing) this.writing.stop = true;
    const workers = [...this.workers];
    for (const worker of workers) for (const { pid } of pipelinesOf(worker.pid ?? 0)) signal(pid, 'SIGKILL');
    await Promise.all(workers.map((worker) => this.endWorker('SIGKILL', worker)));
    await this.watch.stop();
    await Promise.all([
      this.kafka?.stop(),
      this.logPool.end(),
      this.peer.down(),
      ...Object.values(this.proxies).map((proxy) => proxy.stop()),
    ]);
    await Promise.all(Object.values(this.servers).map((server) => server.stop()));
    for (const disk of Object.values(this.disks ?? {})) disk.unmount();
    await Promise.all(this.streams.map(({ oracle }) => oracle.close()));
    await this.compiled.remove();
    await this.fixture.drop();
    if (!keepLog) rmSync(join(this.logFile, '..'), { recursive: true, force: true });
  }
}

async function addKafkaTarget(fixture: CatalogFixture, broker: string): Promise<void> {
  const config = JSON.stringify({ type: 'Kafka', brokers: [broker], tls: false });
  await fixture.sql(`INSERT INTO sink_target (id, name, type, config) VALUES ($1, 'bus', 'Kafka', $2)`, [randomUUID(), config]);
}

/** The table whose existing rows are read. */
async function createTable(url: string): Promise<void> {
  const pool = sturdyPool(url);
  await pool.query('CREATE TABLE archive (id int PRIMARY KEY, version int NOT NULL)');
  await pool.end();
}
