import { readFileSync } from 'node:fs';
import pg from 'pg';
import { slotNameFor } from '@/core/postgres/identifiers';
import { parseLsn } from '@/core/postgres/lsn';
import { migrate } from '@/local/migrate';
import { Receiver } from '@/worker/pipeline/test-harness';
import { type CatalogFixture, catalogFixture } from '@/worker/supervisor/fixture';
import { specFor } from '@/worker/supervisor/fixture-spec';
import { type CompiledWorker, compileWorker, type RunningWorker, until as untilOrThrow } from '@/worker/supervisor/fixture-worker';
import type { Arrival } from './invariants';
import { createOracleTable, Oracle } from './oracle';
import { emptyDatabase, startPostgres, type TestDatabase, type TestPostgres } from './postgres';

/** A stream under load: a table with a writer that knows what it committed, and the place where its events arrive. */
export interface LoadedStream {
  readonly name: string;
  readonly id: string;
  readonly oracle: Oracle;
  /** Null for a stream into the event log. */
  readonly receiver: Receiver | null;
  /** Everything that arrived, in order. */
  arrivals(): Promise<readonly Arrival[]>;
  /** Events that arrived at least once. */
  distinct(): Promise<number>;
  /** Commit (ms since the epoch) of the latest event that arrived; 0 before the first. */
  latestCommit(): Promise<number>;
}

/** When an event was committed and how long it took to arrive, ms. Both clocks are of this machine. */
export interface Transit {
  readonly committedAt: number;
  readonly ms: number;
}

/**
 * A compiled worker with a catalog server and a source server of its own, both of which can be killed and started again, and
 * streams into HTTP receivers and into an event log on a third server that stays up.
 */
export class SurvivalWorld {
  readonly transits = new Map<string, Transit[]>();
  readonly streams: LoadedStream[] = [];
  worker: RunningWorker | null = null;
  private printed = '';
  private writing: { stop: boolean; readonly done: Promise<unknown> } | null = null;

  private constructor(
    readonly catalogServer: TestPostgres,
    readonly sourceServer: TestPostgres,
    readonly fixture: CatalogFixture,
    private readonly compiled: CompiledWorker,
    private readonly sourceUrl: string,
    private readonly third: TestDatabase,
    private readonly log: pg.Client,
  ) {}

  static async build(streams: Readonly<Record<string, 'Http' | 'EventLog'>>, pauseMs: number): Promise<SurvivalWorld> {
    const [catalogServer, sourceServer, third] = await Promise.all([startPostgres(), startPostgres(), emptyDatabase()]);
    const [catalogUrl, sourceUrl] = await Promise.all([catalogServer.createDatabase('catalog'), sourceServer.createDatabase('shop')]);
    await migrate(catalogUrl);
    const fixture = await catalogFixture({ url: catalogUrl, name: 'catalog', drop: async () => undefined });
    const log = new pg.Client({ connectionString: third.url });
    await log.connect();
    const compiled = await compileWorker(fixture.key.privateKey);
    const world = new SurvivalWorld(catalogServer, sourceServer, fixture, compiled, sourceUrl, third, log);
    await fixture.addSource('shop', sourceUrl);
    await fixture.addEventLogTarget('log', third.url);
    for (const [name, sink] of Object.entries(streams)) await world.addStream(name, sink, pauseMs);
    return world;
  }

  private async addStream(name: string, sink: 'Http' | 'EventLog', pauseMs: number): Promise<void> {
    const number = this.streams.length + 1;
    await createOracleTable(this.sourceUrl, name);
    const oracle = new Oracle({ url: this.sourceUrl, table: name, seed: 100 + number, firstKey: number * 10_000, keys: 300, pauseMs });
    const spec = specFor(name, 'shop', name, 'log', 'no_data');
    if (sink === 'EventLog') {
      const id = await this.fixture.addApprovedStream(spec);
      this.streams.push({ name, id, oracle, receiver: null, ...logReader(this.log, name) });
      return;
    }
    const receiver = await Receiver.start();
    await this.fixture.addHttpTarget(`to-${name}`, receiver.url);
    const id = await this.fixture.addApprovedStream({ ...spec, sink: { type: 'Http', target: `to-${name}`, maxBatchSize: 100 } });
    const transits: Transit[] = [];
    this.transits.set(name, transits);
    const seen = new Set<string>();
    let latest = 0;
    receiver.judge = ({ eventId, value }) => {
      const committedAt = Number((value?.source as { ts_ms?: number } | undefined)?.ts_ms ?? 0);
      latest = Math.max(latest, committedAt);
      if (!seen.has(eventId)) transits.push({ committedAt, ms: Date.now() - committedAt });
      seen.add(eventId);
      return 200;
    };
    const { arrivals } = receiver;
    this.streams.push({
      name,
      id,
      oracle,
      receiver,
      arrivals: async () => arrivals,
      distinct: async () => seen.size,
      latestCommit: async () => latest,
    });
  }

  /** Starts the worker, with further variables of its environment where given. */
  startWorker(env: Record<string, string> = {}): void {
    this.printed = this.output();
    this.worker = this.compiled.start({ catalogUrl: this.fixture.url, env });
  }
  /** What all workers printed so far. */
  output(): string {
    return this.printed + (this.worker?.output() ?? '');
  }

  /** Pids of pipelines that were started so far, oldest first. */
  startedPids(streamName?: string): number[] {
    return this.output()
      .split('\n')
      .filter((line) => line.includes('"pipeline started"'))
      .map((line) => JSON.parse(line) as { stream: string; pid: number })
      .filter(({ stream }) => streamName === undefined || stream === streamName)
      .map(({ pid }) => pid);
  }
  /** Kills the pipelines of these streams that run now. */
  killPipelines(names: readonly string[]): void {
    for (const name of names) {
      const pid = this.startedPids(name).at(-1);
      if (pid && isPipeline(pid)) process.kill(pid, 'SIGKILL');
    }
  }

  /** Lets the writers write until `stopLoad`. */
  startLoad(): void {
    const writing = { stop: false };
    const done = Promise.all(this.streams.map(({ oracle }) => oracle.run(1_000_000, () => writing.stop)));
    this.writing = Object.assign(writing, { done });
  }
  async stopLoad(): Promise<void> {
    if (!this.writing) return;
    this.writing.stop = true;
    await this.writing.done;
    this.writing = null;
  }

  async until(what: string, check: () => Promise<boolean>, seconds = 120): Promise<void> {
    const states = () => this.fixture.sql('SELECT name, state, state_reason FROM stream').catch((error) => String(error));
    await untilOrThrow(what, check, async () => `${JSON.stringify(await states())}\n${this.output().slice(-4000)}`, seconds);
  }
  async untilStreaming(): Promise<void> {
    await this.until('all to stream', async () => {
      const streaming = await this.fixture.sql(`SELECT 1 FROM stream WHERE state = 'streaming'`).catch(() => []);
      return streaming.length === this.streams.length;
    });
  }
  /** Waits until each of the streams brought an event that was committed after `time`; gives how long that took since then, ms. */
  async untilArriving(time: number, names = this.streams.map(({ name }) => name)): Promise<number> {
    const watched = this.streams.filter(({ name }) => names.includes(name));
    await this.until(`events of ${names.join(', ')}`, async () => {
      const latest = await Promise.all(watched.map((stream) => stream.latestCommit()));
      return latest.every((commit) => commit > time);
    });
    return Date.now() - time;
  }
  /** Waits until as much arrived as was committed. What it was is for the checker to say. */
  async untilDrained(): Promise<void> {
    await this.until('what was committed', async () => {
      const counts = await Promise.all(this.streams.map((stream) => stream.distinct()));
      return this.streams.every(({ oracle }, index) => (counts[index] ?? 0) >= oracle.committed.length);
    }).catch(() => undefined);
  }

  /** Makes every sink refuse or wait, so that what is committed from now on is in flight. Gives what ends that. */
  async holdSinks(): Promise<() => Promise<void>> {
    const setDown = (down: boolean) => {
      for (const { receiver } of this.streams) if (receiver) receiver.down = down;
    };
    const locker = new pg.Client({ connectionString: this.third.url });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE spillway.event_log IN EXCLUSIVE MODE');
    setDown(true);
    return async () => {
      setDown(false);
      await locker.end();
    };
  }

  /** Where the server says that each stream's slot stands. */
  async slotPositions(): Promise<Map<string, bigint>> {
    const client = new pg.Client({ connectionString: this.sourceUrl });
    await client.connect();
    const { rows } = await client.query<{ slot_name: string; lsn: string }>(
      'SELECT slot_name, confirmed_flush_lsn::text AS lsn FROM pg_replication_slots',
    );
    await client.end();
    return new Map(
      this.streams.map(({ name, id }) => {
        const slot = rows.find(({ slot_name }) => slot_name === slotNameFor(name, id));
        return [name, parseLsn(slot?.lsn ?? '0/0')];
      }),
    );
  }

  async remove(): Promise<void> {
    await this.stopLoad();
    await this.compiled.remove();
    await Promise.all(this.streams.flatMap(({ oracle, receiver }) => [oracle.close(), receiver?.stop()]));
    await this.fixture.drop();
    await this.log.end();
    await Promise.all([this.catalogServer.stop(), this.sourceServer.stop(), this.third.drop()]);
  }
}

/** A pid may have been given to somebody else. */
function isPipeline(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('spillway ');
  } catch {
    return false;
  }
}

/** The event log made by the sink; before its first event there is none. */
function logReader(log: pg.Client, name: string): Pick<LoadedStream, 'arrivals' | 'distinct' | 'latestCommit'> {
  const read = async (columns: string, rest = ''): Promise<Record<string, unknown>[]> => {
    const made = await log.query(`SELECT to_regclass('spillway.event_log') IS NOT NULL AS made`);
    if (!made.rows[0]?.made) return [];
    return (await log.query(`SELECT ${columns} FROM spillway.event_log WHERE stream = $1 ${rest}`, [name])).rows;
  };
  return {
    arrivals: async () =>
      (await read('event_id, key_text, payload', 'ORDER BY id')).map(({ event_id, key_text, payload }) => ({
        eventId: String(event_id),
        key: String(key_text),
        value: payload as Arrival['value'],
      })),
    distinct: async () => Number((await read('count(*)'))[0]?.count ?? 0),
    latestCommit: async () => Number((await read(`extract(epoch FROM max(committed_at)) * 1000 AS ms`))[0]?.ms ?? 0),
  };
}
