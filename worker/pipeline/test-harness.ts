import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { slotNameFor } from '@/core/postgres/identifiers';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import type { RecoverySpec } from '@/core/spec/recovery';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import { deliversRows } from '@/core/spec/snapshot-mode';
import type { SnapshotMode } from '@/core/spec/source';
import type { SpillSpec } from '@/core/spec/spill';
import { bundle } from '@/local/bundle.mjs';
import { nodeFlags } from '@/worker/supervisor/runtime/node-flags';
import type { Arrival } from '@/worker/testing/invariants';
import { type Assignment, DEFAULT_LIMITS, type LedgerTotals } from './assignment';
import type { FromPipeline, PipelineStats, ToPipeline } from './messages';

/** Bundles the pipeline as it is shipped, into a folder of its own; returns the file. */
export async function bundledPipeline(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-pipeline-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await bundle({ pipeline: 'worker/pipeline/main.ts' }, folder);
  return join(folder, 'pipeline.mjs');
}

/** An HTTP receiver that notes every arrival. `answer` gives a status for one event, or null for a dead line. */
export class Receiver {
  readonly arrivals: Arrival[] = [];
  /** Status for an event; the others of the request are delivered. */
  judge: (arrival: Arrival) => number = () => 200;
  /** When true the connection is cut before anything is read. */
  down = false;
  requests = 0;
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.requests++;
        if (receiver.down) return void response.writeHead(503).end();
        const items: { id: string; key: unknown; value: Arrival['value'] }[] = JSON.parse(Buffer.concat(chunks).toString());
        const answers = items.map(({ id, key, value }) => {
          const arrival = { eventId: id, key: JSON.stringify(key), value };
          const status = receiver.judge(arrival);
          if (status < 300) receiver.arrivals.push(arrival);
          return { id, status };
        });
        response.writeHead(207, { 'content-type': 'application/json' }).end(JSON.stringify(answers));
      });
    });
    const receiver = new Receiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export interface StreamOptions {
  readonly catalogUrl: string;
  readonly sourceUrl: string;
  readonly table: string;
  readonly receiverUrl: string;
  /** Into Kafka instead of the receiver. */
  readonly kafka?: { readonly brokers: readonly string[]; readonly topic: string; readonly sink?: Partial<KafkaSinkSpec> };
  readonly recovery?: RecoverySpec;
  readonly snapshot?: SnapshotMode;
  /** Read in the slot's exported snapshot, by so many readers. */
  readonly blockingReaders?: number;
  readonly longestPassMs?: number;
  readonly spill?: SpillSpec;
  /** Events a request; 100. */
  readonly batch?: number;
}

/** A stream in the catalog, and what a supervisor would hand to its pipeline. */
export class TestStream {
  readonly id = randomUUID();
  readonly revisionId = randomUUID();
  readonly slotName: string;
  private readonly name: string;
  private epoch = 0;
  totals: LedgerTotals = { decoded: 0, delivered: 0, filtered: 0, deadLettered: 0, parked: 0, ignored: 0, spilled: 0 };

  private constructor(
    private readonly options: StreamOptions,
    private readonly catalog: pg.Client,
  ) {
    this.name = `test-${this.id.slice(0, 8)}`;
    this.slotName = slotNameFor(this.name, this.id);
  }

  static async create(options: StreamOptions): Promise<TestStream> {
    const catalog = new pg.Client({ connectionString: options.catalogUrl });
    catalog.on('error', () => undefined);
    await catalog.connect();
    const stream = new TestStream(options, catalog);
    const [team, source] = [randomUUID(), randomUUID()];
    await catalog.query(`insert into team (id, slug, name) values ($1, $2, $2)`, [team, `team-${team.slice(0, 8)}`]);
    await catalog.query(
      `insert into source_database (id, name, host, port, database, username, tls_mode, sealed_secret) values ($1, $2, 'h', 1, 'd', 'u', 'disable', '')`,
      [source, `source-${source.slice(0, 8)}`],
    );
    await catalog.query(`insert into stream (id, name, team_id, desired) values ($1, $2, $3, 'running')`, [stream.id, stream.name, team]);
    await catalog.query(
      `insert into stream_revision (id, stream_id, number, spec, source_hash, created_by) values ($1, $2, 1, '{}', '', 'test')`,
      [stream.revisionId, stream.id],
    );
    await catalog.query(
      `insert into provision (stream_id, source_id, slot_name, publication_name, source_hash, wal_budget_bytes, snapshot_state)
       values ($1, $2, $3, $3, '', 1000000000, $4)`,
      [stream.id, source, stream.slotName, options.snapshot && deliversRows(options.snapshot) ? 'pending' : 'none'],
    );
    return stream;
  }

  /** As the supervisor makes it: from the provision row, with a new epoch. */
  async assignment(): Promise<Assignment> {
    const { options } = this;
    const source = new URL(options.sourceUrl);
    const [provision] = await this.query(`select * from provision where stream_id = $1`, [this.id]);
    return {
      streamId: this.id,
      streamName: this.name,
      revisionId: this.revisionId,
      revisionNumber: 1,
      spec: {
        applicationId: this.name,
        source: {
          type: 'PostgresLogicalReplication',
          database: 'test',
          schema: 'public',
          table: { name: options.table },
          operations: ['insert', 'update', 'delete'],
          snapshot: options.snapshot ?? 'no_data',
          ...(options.blockingReaders ? { snapshotMethod: 'blocking' as const, snapshotMaxThreads: options.blockingReaders } : {}),
        },
        flow: DEBEZIUM_DEFAULTS,
        sink: options.kafka
          ? { type: 'Kafka', target: 'test', topic: options.kafka.topic, tombstones: true, ...options.kafka.sink }
          : { type: 'Http', target: 'test', maxBatchSize: options.batch ?? 100 },
        ...(options.spill ? { spill: options.spill } : {}),
        recovery: options.recovery ?? { type: 'DeadLetter', maxAttempts: 2, keyOrder: 'park', maxOpen: 10_000 },
      },
      workerId: 'test',
      epoch: ++this.epoch,
      source: {
        host: source.hostname,
        port: Number(source.port),
        database: source.pathname.slice(1),
        username: decodeURIComponent(source.username),
        password: decodeURIComponent(source.password),
        tlsMode: 'disable',
      },
      sinkConfig: options.kafka
        ? { type: 'Kafka', brokers: [...options.kafka.brokers], tls: false }
        : { type: 'Http', url: options.receiverUrl, allowPrivateNetwork: true, timeoutMs: 30_000 },
      sinkSecret: null,
      catalogUrl: options.catalogUrl,
      slotName: this.slotName,
      publicationName: this.slotName,
      systemIdentifier: (provision?.system_identifier as string | null) ?? null,
      consistentPoint: (provision?.consistent_point as string | null) ?? null,
      slotEpoch: provision?.slot_epoch ? Number(provision.slot_epoch) : null,
      snapshotState: (provision?.snapshot_state as Assignment['snapshotState']) ?? 'none',
      promisedLsn: (provision?.promised_lsn as string | null) ?? null,
      totals: this.totals,
      limits: { ...DEFAULT_LIMITS, ...(options.longestPassMs === undefined ? {} : { longestPassMs: options.longestPassMs }) },
    };
  }

  async query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.catalog.query(text, values)).rows;
  }
  async letters(): Promise<{ status: string; key_text: string; event_id: string }[]> {
    return (await this.query(
      `select status::text, key_text, event_id from dead_letter where stream_id = $1 order by commit_lsn, seq, event_id collate "C"`,
      [this.id],
    )) as { status: string; key_text: string; event_id: string }[];
  }

  /** Ends the connections, drops what the stream left on the source. */
  async dispose(): Promise<void> {
    await this.catalog.end().catch(() => undefined);
    const source = new pg.Client({ connectionString: this.options.sourceUrl });
    await source.connect();
    await source.query('select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1 and active', [
      this.slotName,
    ]);
    for (let attempt = 0; attempt < 300; attempt++) {
      const dropped = await source
        .query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [this.slotName])
        .then(
          () => true,
          () => false,
        );
      if (dropped) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await source.end();
  }
}

/** A pipeline's process, with everything that it said. */
export class PipelineProcess {
  readonly messages: FromPipeline[] = [];
  readonly exited: Promise<number | null>;
  running = true;
  private disconnected = false;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message) => this.messages.push(message as FromPipeline));
    this.exited = new Promise((resolve) => {
      const end = (code: number | null) => {
        this.running = false;
        resolve(code);
      };
      // `close` comes after the last message, `exit` may come before it; after a disconnect of ours there is no `close`.
      child.once('close', end);
      child.once('exit', (code) => {
        if (this.disconnected) end(code);
      });
    });
  }

  static async start(file: string, stream: Pick<TestStream, 'assignment'>, env: Record<string, string> = {}): Promise<PipelineProcess> {
    const assignment = await stream.assignment();
    const child = fork(file, [], {
      env: { ...process.env, NODE_ENV: 'test', ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: nodeFlags(),
    });
    const started = new PipelineProcess(child);
    child.send({ type: 'assign', assignment });
    return started;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }
  /** Highest resident memory so far, bytes, as the kernel counts it. */
  get peakBytes(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }
  get states(): string[] {
    return this.messages.flatMap((message) => (message.type === 'state' ? [message.state] : []));
  }
  get fault() {
    return this.messages.find((message) => message.type === 'fault');
  }
  get stats(): PipelineStats | undefined {
    return this.messages.flatMap((message) => (message.type === 'stats' ? [message.stats] : [])).at(-1);
  }

  tell(
    message:
      | Extract<ToPipeline, { type: 'wal' }>
      | { type: 'letters-changed' }
      | { type: 'snapshot-request-changed' }
      | { type: 'stop'; reason: string },
  ): void {
    this.child.send(message);
  }
  disconnect(): void {
    this.disconnected = true;
    this.child.disconnect();
  }
  async stop(): Promise<number | null> {
    if (this.running) this.tell({ type: 'stop', reason: 'test' });
    return this.exited;
  }
  async kill9(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
