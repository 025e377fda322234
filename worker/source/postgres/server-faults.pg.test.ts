import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SpillwayError } from '@/core/errors';
import { startPostgres, type TestPostgres } from '@/worker/testing/postgres';
import { eventually, fixtureOn, type SourceFixture } from './fixture';
import { ensureSlot } from './slot';
import { observeSlots } from './slot-observation';
import { openSubscription } from './subscription';

let server: TestPostgres;
let db: SourceFixture;
beforeAll(async () => {
  server = await startPostgres({ settings: { max_slot_wal_keep_size: '32MB', max_wal_size: '64MB' } });
});
afterAll(() => server.stop());
beforeEach(async () => {
  db = await fixtureOn(await server.createDatabase(), async () => undefined);
  await db.query('create table t (id int primary key, v text)');
  await db.provision('t');
});
afterEach(() => db.drop());

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: SpillwayError) => error,
  );
const walOf = async (megabytes: number) => {
  await db.query('create table if not exists noise (v text)');
  for (let round = 0; round < megabytes / 8; round += 1) {
    await db.query(`insert into noise select repeat('x', 1000) from generate_series(1, 8000)`);
    await db.query('select pg_switch_wal()');
  }
  await db.query('checkpoint');
};
const walStatus = async () => (await observeSlots(db.source)).slots.find((slot) => slot.slotName === db.slotName);

describe('a slot whose WAL was removed', () => {
  it('is named lost with its reason at once, by subscribing and by ensuring, and never made anew', async () => {
    const made = await ensureSlot({ ...db, epoch: 1, recorded: null, exportSnapshot: false });
    await walOf(120);
    expect(await walStatus()).toMatchObject({ walStatus: 'lost', invalidationReason: 'wal_removed' });
    const since = Date.now();
    const subscribing = await failure(db.subscribe());
    expect(subscribing?.kind).toBe('slot_lost');
    expect(subscribing?.detail.invalidationReason).toBe('wal_removed');
    expect(Date.now() - since).toBeLessThan(10_000);
    const recorded = { systemIdentifier: made.systemIdentifier, consistentPoint: '0/1', promisedLsn: 'FFFFFFFF/0' };
    expect((await failure(ensureSlot({ ...db, epoch: 1, recorded, exportSnapshot: false })))?.kind).toBe('slot_lost');
    expect((await walStatus())?.walStatus).toBe('lost');
  });

  it('ends a running subscription that confirms nothing, which then finds the slot lost', async () => {
    const received = await db.subscribe();
    received.subscription.pause();
    const ended = failure(received.subscription.ended);
    await walOf(160);
    await eventually(async () => (await walStatus())?.walStatus === 'lost');
    received.subscription.resume();
    expect((await ended)?.kind).toMatch(/^(slot_lost|source_unreachable)$/);
    expect((await failure(db.subscribe()))?.kind).toBe('slot_lost');
  });
});

describe('a server that dies', () => {
  it('is noticed at once; after its recovery nothing is missing', async () => {
    const received = await db.subscribe();
    await db.query('insert into t values (1)');
    await received.until((items) => items.some((item) => item.kind === 'commit'));
    const ended = failure(received.subscription.ended);
    const since = Date.now();
    await server.kill9();
    expect((await ended)?.kind).toBe('source_unreachable');
    expect(Date.now() - since).toBeLessThan(10_000);
    expect((await failure(openSubscription({ ...db, epoch: 1 }, () => undefined)))?.kind).toBe('source_unreachable');
    await db.client.end().catch(() => undefined);
    await server.restart();
    const again = await fixtureOn(server.urlOf(db.source.database), async () => undefined);
    const positions: unknown[] = [];
    const subscription = await openSubscription({ ...db, epoch: 1 }, (item) => {
      if (item.kind === 'change') positions.push(item.change.position);
    });
    await eventually(async () => positions.length === 1);
    expect(positions).toEqual(received.changes().map((change) => change.position));
    await subscription.close();
    db = again;
  });
});

describe('a network that swallows everything', () => {
  it('is given up after twice wal_sender_timeout', async () => {
    await db.query(`alter database "${db.source.database}" set wal_sender_timeout = '1s'`);
    const proxy = await blackHole(db.source.port);
    const subscription = await openSubscription({ ...db, epoch: 1, source: { ...db.source, port: proxy.port } }, () => undefined);
    await sleep(2_500);
    const ended = failure(subscription.ended);
    proxy.swallow();
    const error = await ended;
    expect(error?.kind).toBe('source_unreachable');
    expect(error?.message).toContain('silent');
    const silentMs = performance.now() - proxy.lastByteAt();
    expect(silentMs).toBeGreaterThanOrEqual(1_990);
    expect(silentMs).toBeLessThan(12_000);
    proxy.close();
  });
});

/** Forwards to the server until told to swallow: connections stay open, no byte passes any more. */
async function blackHole(target: number): Promise<{ port: number; swallow(): void; lastByteAt(): number; close(): void }> {
  const sockets: Socket[] = [];
  let open = true;
  let lastByteAt = 0;
  const listener = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    sockets.push(client, upstream);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.on('data', (chunk) => open && upstream.write(chunk));
    upstream.on('data', (chunk) => {
      if (!open) return;
      lastByteAt = performance.now();
      client.write(chunk);
    });
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const address = listener.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    swallow: () => {
      open = false;
    },
    lastByteAt: () => lastByteAt,
    close: () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}
