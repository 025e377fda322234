import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogDatabase, emptyDatabase, majorUnderTest, type TestDatabase } from '@/worker/testing/postgres';
import { noAbort, sinkConformance, testEvent } from '../conformance';
import type { Sink, SinkContext } from '../sink';
import { createEventLogSink } from './event-log-sink';

const context = (catalogUrl: string, epoch = 1): SinkContext => ({ streamId: 'f0e1', streamName: 'orders-live', epoch, catalogUrl });

/** A database on the shared server, an admin connection to it and one to its neighbour. */
class Store {
  private admin!: pg.Client;
  private outside!: pg.Client;
  constructor(
    readonly database: TestDatabase,
    readonly table: string,
  ) {}

  async connect(): Promise<this> {
    const neighbour = new URL(this.database.url);
    neighbour.pathname = '/postgres';
    this.outside = new pg.Client({ connectionString: neighbour.toString() });
    await this.outside.connect();
    await this.reconnect();
    return this;
  }
  private async reconnect(): Promise<void> {
    this.admin = new pg.Client({ connectionString: this.database.url });
    this.admin.on('error', () => undefined);
    await this.admin.connect();
  }
  query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<pg.QueryResult<R>> {
    return this.admin.query<R>(text, values);
  }
  async arrived() {
    const { rows } = await this.query<{ id: string; key: string | null; payload: string }>(
      `select event_id as id, key_text as key, payload::text as payload from ${this.table} as log order by log.id`,
    );
    return rows;
  }
  async down(): Promise<void> {
    await this.outside.query(`alter database ${this.database.name} allow_connections false`);
    await this.outside.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [this.database.name]);
  }
  async up(): Promise<void> {
    await this.outside.query(`alter database ${this.database.name} allow_connections true`);
    await this.reconnect();
  }
  async hang() {
    await this.query(`begin; lock table ${this.table} in access exclusive mode`);
    return { release: async () => void (await this.query('rollback')) };
  }
  async drop(): Promise<void> {
    await this.admin.end().catch(() => undefined);
    await this.outside.end();
    await this.database.drop();
  }
}

function conforms(store: () => Store, sink: () => Sink): void {
  const peer = { of: 'EventLog', kind: 'real' as const, name: `PostgreSQL ${majorUnderTest()} from npm` };
  sinkConformance(peer, { removesRepeats: true, tooLargeBytes: null }, () => ({
    sink,
    arrived: () => store().arrived(),
    peerDown: () => store().down(),
    peerUp: () => store().up(),
    hang: () => store().hang(),
  }));
}

describe('the event log in the catalog', () => {
  let store: Store;
  beforeAll(async () => {
    store = await new Store(await catalogDatabase(), 'event_log').connect();
  });
  afterAll(() => store.drop());
  const sink = (epoch?: number) =>
    createEventLogSink(
      { type: 'EventLog', target: 'log' },
      { type: 'EventLog', store: 'catalog' },
      null,
      context(`${store.database.url}?schema=public`, epoch),
    );

  conforms(
    () => store,
    () => sink(),
  );

  it('stores position, commit time to the microsecond and the payload byte for byte', async () => {
    const made = sink();
    const payload = '{"b" : 1.10, "a":9007199254740993, "a":2}';
    const event = testEvent({
      payload: Buffer.from(payload),
      position: { systemId: '7', commitLsn: 0x16b374d848n, seq: 5, fromSnapshot: false },
      key: '{"name":"ä \\"q\\""}',
      commitTimeUs: 1_559_033_904_863_123n,
    });
    expect(await made.write([event, testEvent({ commitTimeUs: null })], noAbort())).toEqual([{ ok: true }, { ok: true }]);
    const { rows } = await store.query(
      `select stream, key_text, op, schema_name, table_name, commit_lsn::text, seq, payload::text,
              to_char(committed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as committed
       from event_log where event_id = $1`,
      [event.id],
    );
    expect(rows).toEqual([
      {
        stream: 'orders-live',
        key_text: event.key,
        op: 'c',
        schema_name: 'public',
        table_name: 'orders',
        commit_lsn: String(0x16b374d848n),
        seq: 5,
        payload,
        committed: '2019-05-28 08:58:24.863123',
      },
    ]);
    await made.close();
  });

  it('takes each event once however batches overlap, and stores the same after as before', async () => {
    const made = sink();
    const events = Array.from({ length: 12 }, (_, at) =>
      testEvent({
        key: at % 3 ? `{"id":"ä${at}"}` : null,
        payload: at % 4 ? Buffer.from(`{"n" : ${at}}`) : null,
        commitTimeUs: at % 2 ? 1n : null,
      }),
    );
    const count = async () => {
      const ids = events.map(({ id }) => id);
      return (await store.query('select 1 from event_log where stream = $1 and event_id = any($2)', ['orders-live', ids])).rowCount;
    };
    const write = async (from: number, to: number) =>
      expect(await made.write(events.slice(from, to), noAbort())).toEqual(events.slice(from, to).map(() => ({ ok: true })));
    await write(0, 3); // found new as a whole: copied from here on
    await write(3, 6);
    expect(await count()).toBe(6);
    await write(4, 9); // refused as a copy, two of it are there
    expect(await count()).toBe(9);
    await write(0, 9); // nothing new
    await write(8, 12);
    await write(11, 12);
    expect(await count()).toBe(12);
    const stored = await store.query<{ text: string }>(
      `select concat_ws('|', event_id, key_text, op, commit_lsn, seq, extract(epoch from committed_at) * 1e6, payload::text) as text
         from event_log where stream = $1 and event_id = any($2) order by id`,
      ['orders-live', events.map(({ id }) => id)],
    );
    const shown = events.map(({ id, key, op, position, commitTimeUs, payload }) =>
      [id, key, op, position.commitLsn, position.seq, commitTimeUs === null ? null : `${commitTimeUs}.000000`, payload ?? 'null']
        .filter((part) => part !== null)
        .join('|'),
    );
    expect(stored.rows.map(({ text }) => text.replace(/\|(\d+)\.0+\|/, '|$1.000000|'))).toEqual(shown);
    await made.close();
  });

  it('names the stream and the epoch to the server', async () => {
    const made = sink(42);
    await made.open(noAbort());
    const { rows } = await store.query('select 1 from pg_stat_activity where application_name = $1', ['spillway-log:f0e1:42']);
    expect(rows).toHaveLength(1);
    await made.close();
  });

  it('lays a refused value at the event’s door, and goes on with the connection it has', async () => {
    const made = sink();
    const bad = testEvent({ payload: Buffer.from('{"text":"\\ud800"}'), schema: 'nul\u0000' });
    expect(await made.write([bad], noAbort())).toMatchObject([{ ok: false, error: { errorClass: 'contract' } }]);
    const batch = await made.write([bad, testEvent()], noAbort());
    expect(batch).toMatchObject([{ error: { wholeBatch: true } }, { error: { wholeBatch: true } }]);
    expect(await made.write([testEvent()], noAbort())).toEqual([{ ok: true }]);
    await made.close();
  });

  it('calls a missing table nobody’s event, and names the migrations', async () => {
    const empty = await emptyDatabase();
    const made = createEventLogSink({ type: 'EventLog', target: 'log' }, { type: 'EventLog', store: 'catalog' }, null, context(empty.url));
    await expect(made.open(noAbort())).rejects.toMatchObject({ kind: 'sink_misconfigured' });
    expect(await made.write([testEvent()], noAbort())).toMatchObject([{ error: { errorClass: 'auth' } }]);
    expect((await made.check(noAbort())).at(-1)).toMatchObject({
      name: 'Table',
      status: 'failed',
      remedy: expect.stringContaining('migrations'),
    });
    await made.close();
    await empty.drop();
  });

  it('says that the password is wrong without saying it', async () => {
    const url = new URL(store.database.url);
    url.password = 'canary-secret';
    const made = createEventLogSink(
      { type: 'EventLog', target: 'log' },
      { type: 'EventLog', store: 'postgres' },
      url.toString(),
      context(''),
    );
    const failure = await made.open(noAbort()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'sink_auth_failed' });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('canary');
    await made.close();
  });
});

describe('the event log in another Postgres', () => {
  let store: Store;
  const sink = () =>
    createEventLogSink(
      { type: 'EventLog', target: 'log' },
      { type: 'EventLog', store: 'postgres' },
      store.database.url,
      context('postgres://nowhere/'),
    );
  beforeAll(async () => {
    store = await new Store(await emptyDatabase(), 'spillway.event_log').connect();
    const before = sink();
    expect((await before.check(noAbort())).at(-1)).toMatchObject({ status: 'ok', finding: expect.stringContaining('does not exist yet') });
    await before.close();
    // Pipelines start at the same time; each of them makes the table if it is missing.
    const starting = Array.from({ length: 5 }, sink);
    await Promise.all(starting.map((made) => made.open(noAbort())));
    await Promise.all(starting.map((made) => made.close()));
  });
  afterAll(() => store.drop());

  conforms(() => store, sink);

  it('refuses what is no Postgres URL, and a missing one', () => {
    const make = (secret: string | null) => () =>
      createEventLogSink({ type: 'EventLog', target: 'log' }, { type: 'EventLog', store: 'postgres' }, secret, context(''));
    expect(make(null)).toThrow(expect.objectContaining({ kind: 'sink_misconfigured' }));
    expect(make('mysql://u:canary@h/d')).toThrow(expect.objectContaining({ message: expect.not.stringContaining('canary') }));
  });
});
