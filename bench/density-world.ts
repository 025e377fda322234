import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import type { StreamSpecInput } from '@/core/spec/stream-spec';
import { migrate } from '@/local/migrate';
import { type CatalogFixture, catalogFixture } from '@/worker/supervisor/fixture';
import { type CompiledWorker, compileWorker, type RunningWorker, until } from '@/worker/supervisor/fixture-worker';
import { startPostgres, type TestPostgres } from '@/worker/testing/postgres';
import { childrenOf, familyMicros, parentOf } from './density-processes';
import { makeSlot } from './density-slots';
import { cpuMicros } from './harness/process-figures';

/** Connections that were seen at once. */
export interface Connections {
  /** To the catalog, of worker and pipelines; and how many were refused because there were too many. */
  readonly catalog: number;
  readonly catalogRefused: number;
  /** To the source besides walsenders. */
  readonly source: number;
}

export interface WorldOptions {
  /** What came in a request, at once. */
  readonly onBody?: (body: string) => void;
  /** URL of another receiver, of the first stream. */
  readonly apart?: string;
  /** Publications and slots are there before the worker starts. */
  readonly made?: boolean;
}

const SAMPLE_MS = 200;

/**
 * Streams that were approved, a catalog server with Postgres' own default of 100 connections, a source server, a receiver that takes
 * everything, and the compiled worker.
 */
export class DensityWorld {
  worker: RunningWorker | null = null;
  private removed = false;
  private constructor(
    readonly catalogServer: TestPostgres,
    readonly sourceServer: TestPostgres,
    readonly fixture: CatalogFixture,
    private readonly compiled: CompiledWorker,
    private readonly sourceUrl: string,
    private readonly receiver: Server,
    private readonly watching: readonly pg.Client[],
    readonly streams: number,
  ) {}

  static async build(streams: number, options: WorldOptions = {}): Promise<DensityWorld> {
    const [catalogServer, sourceServer] = await Promise.all([
      startPostgres({ settings: { max_connections: '100' } }),
      startPostgres({
        settings: { max_connections: '100', max_replication_slots: String(streams + 10), max_wal_senders: String(streams + 10) },
      }),
    ]);
    const [catalogUrl, sourceUrl] = await Promise.all([catalogServer.createDatabase('catalog'), sourceServer.createDatabase('shop')]);
    await migrate(catalogUrl);
    const fixture = await catalogFixture({ url: catalogUrl, name: 'catalog', drop: async () => undefined });
    const compiled = await compileWorker(fixture.key.privateKey);
    const receiver = await listening(options.onBody ?? (() => undefined));
    const watching = [new pg.Client({ connectionString: catalogUrl }), new pg.Client({ connectionString: sourceUrl })];
    await Promise.all(watching.map((client) => client.connect()));
    const world = new DensityWorld(catalogServer, sourceServer, fixture, compiled, sourceUrl, receiver, watching, streams);
    await world.declare(options);
    return world;
  }

  private async declare({ apart, made }: WorldOptions): Promise<void> {
    const sourceId = await this.fixture.addSource('shop', this.sourceUrl);
    await this.fixture.sql('UPDATE source_database SET slot_limit = $1', [this.streams + 10]);
    await this.fixture.addHttpTarget('receiver', `http://127.0.0.1:${(this.receiver.address() as AddressInfo).port}/`);
    if (apart) await this.fixture.addHttpTarget('apart', apart);
    for (let number = 0; number < this.streams; number++) {
      const name = `stream-${number}`;
      await this.source(`CREATE TABLE ${table(number)} (id bigint PRIMARY KEY, note text)`);
      const spec: StreamSpecInput = {
        applicationId: name,
        source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: table(number) } },
        flow: { type: 'DebeziumEnvelope' },
        sink: { type: 'Http', target: apart && number === 0 ? 'apart' : 'receiver', maxBatchSize: 100 },
        recovery: { type: 'DeadLetter' },
      };
      const streamId = await this.fixture.addApprovedStream(spec);
      if (made) await makeSlot(this.fixture, this.watching[1] as pg.Client, sourceId, spec, streamId);
    }
  }

  async source<R extends pg.QueryResultRow>(text: string): Promise<R[]> {
    return (await (this.watching[1] as pg.Client).query<R>(text)).rows;
  }

  /** Starts the worker and waits until the slot of every stream is read and every state says so. */
  async startWorker(env: Record<string, string> = {}): Promise<{ readonly seconds: number; readonly most: Connections }> {
    const began = performance.now();
    this.worker = this.compiled.start({ catalogUrl: this.fixture.url, env: { LOG_LEVEL: 'info', ...env } });
    const most = { catalog: 0, source: 0 };
    let at = 0;
    await until(
      `${this.streams} streams`,
      async () => {
        if (performance.now() - at < SAMPLE_MS) return false;
        at = performance.now();
        const { catalog, source } = await this.connections();
        most.catalog = Math.max(most.catalog, catalog);
        most.source = Math.max(most.source, source);
        return (await this.streaming()) === this.streams;
      },
      async () => `${await this.streaming()} stream\n${this.worker?.output().slice(-3000)}`,
      600,
    );
    return { seconds: (performance.now() - began) / 1000, most: { ...most, catalogRefused: this.refused() } };
  }

  /** Clean stop of worker and pipelines. */
  async stopWorker(): Promise<void> {
    await this.worker?.end('SIGTERM');
    await until(
      'slots to be free',
      async () => (await this.source('SELECT 1 FROM pg_replication_slots WHERE active')).length === 0,
      async () => 'walsenders',
    );
  }

  /** The first stream's slot is read. */
  async firstIsRead(): Promise<boolean> {
    const slots = await this.source<{ active: boolean }>(`SELECT active FROM pg_replication_slots WHERE slot_name LIKE '%stream\\_0\\_%'`);
    return slots[0]?.active === true;
  }

  pipelines(): number[] {
    return this.worker ? childrenOf(this.worker.pid) : [];
  }

  /** Pipelines that ended without being asked to since the worker started. */
  restarts(): number {
    return this.count('"pipeline ended"');
  }

  /** Processor time so far, microseconds. */
  async processorTime(): Promise<{ pipelines: number; supervisor: number; catalog: number; source: number }> {
    const [catalog, source] = await Promise.all(this.watching.map(postmasterOf));
    return {
      pipelines: this.pipelines().reduce((sum, pid) => sum + cpuMicros(pid), 0),
      supervisor: cpuMicros(this.worker?.pid ?? 0),
      catalog: familyMicros(catalog ?? 0),
      source: familyMicros(source ?? 0),
    };
  }

  async connections(): Promise<{ readonly catalog: number; readonly source: number }> {
    const [catalog, source] = await Promise.all(
      this.watching.map(async (client) => {
        const { rows } = await client.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name LIKE 'spillway%'`,
        );
        return rows[0]?.count ?? 0;
      }),
    );
    return { catalog: catalog ?? 0, source: source ?? 0 };
  }

  private async streaming(): Promise<number> {
    const [read, states] = await Promise.all([
      this.source(`SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND application_name LIKE 'spillway:%'`),
      this.fixture.sql(`SELECT 1 FROM stream WHERE state = 'streaming'`),
    ]);
    return Math.min(read.length, states.length);
  }

  private refused(): number {
    return this.count('too many clients') + this.count('catalog did not take a statement (53300)');
  }

  private count(words: string): number {
    return (this.worker?.output().split(words).length ?? 1) - 1;
  }

  /** Ends everything; the second time it does nothing. */
  async remove(): Promise<void> {
    if (this.removed) return;
    this.removed = true;
    await this.worker?.end('SIGTERM');
    await this.compiled.remove();
    await Promise.all(this.watching.map((client) => client.end()));
    await this.fixture.drop();
    this.receiver.closeAllConnections();
    this.receiver.close();
    await Promise.all([this.catalogServer.stop(), this.sourceServer.stop()]);
  }
}

async function listening(onBody: (body: string) => void): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(200).end();
      onBody(Buffer.concat(chunks).toString());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function postmasterOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return parentOf(rows[0]?.pid ?? 0);
}

export function table(number: number): string {
  return `table_${number}`;
}
