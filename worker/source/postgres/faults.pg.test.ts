import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpillwayError } from '@/core/errors';
import { formatLsn } from '@/core/postgres/lsn';
import { eventually, type SourceFixture, sourceFixture } from './fixture';
import { dropSlotAndPublication } from './slot-drop';
import { openSubscription } from './subscription';

let db: SourceFixture;
beforeEach(async () => {
  db = await sourceFixture();
  await db.query('create table t (id int primary key)');
});
afterEach(() => db.drop());

const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'fine',
    (error: unknown) => (error instanceof SpillwayError ? error.kind : error),
  );
const walsender = async () => {
  const [row] = await db.query('select active_pid as pid from pg_replication_slots where slot_name = $1', [db.slotName]);
  return row?.pid as number | null;
};

describe('the connection', () => {
  it('reports the end of its walsender when it comes, not when it was silent for long', async () => {
    await db.provision('t');
    const received = await db.subscribe();
    const since = Date.now();
    await db.query('select pg_terminate_backend($1)', [await walsender()]);
    expect(await kindOf(received.subscription.ended)).toBe('source_unreachable');
    expect(Date.now() - since).toBeLessThan(10_000);
  });

  it('releases the slot at once when it is closed, with the last confirm told', async () => {
    await db.provision('t');
    const received = await db.subscribe();
    await db.query('insert into t values (1)');
    await received.until((items) => items.some((item) => item.kind === 'commit'));
    const commit = received.items.find((item) => item.kind === 'commit');
    const endLsn = commit?.kind === 'commit' ? commit.endLsn : 0n;
    received.subscription.confirm(endLsn);
    await received.subscription.close();
    expect(await walsender()).toBeNull();
    expect(await db.confirmedFlush()).toBe(formatLsn(endLsn));
    await received.subscription.ended;
  });

  it('ends with the consumer’s own error, and never throws into the socket', async () => {
    await db.provision('t');
    const received = await db.subscribe({
      onItem: (item) => {
        if (item.kind === 'change') throw new Error('the consumer has a bug');
      },
    });
    await db.query('insert into t values (1)');
    expect(await kindOf(received.subscription.ended)).toBe('internal');
    await eventually(async () => (await walsender()) === null);
  });

  it('names a wrong password, a closed port and a server that is not the recorded one', async () => {
    await db.provision('t');
    const options = { source: db.source, streamId: db.streamId, epoch: 1, slotName: db.slotName, publicationName: db.publicationName };
    const open = (change: object) => kindOf(openSubscription({ ...options, ...change }, () => undefined));
    expect(await open({ source: { ...db.source, password: 'wrong' } })).toBe('source_auth_failed');
    expect(await open({ source: { ...db.source, port: 1 } })).toBe('source_unreachable');
    expect(await open({ source: { ...db.source, tlsMode: 'require' } })).toBe('source_unreachable');
    expect(await open({ systemIdentifier: '42' })).toBe('position_mismatch');
    expect(await open({ slotName: 'spillway_none' })).toBe('slot_lost');
    expect(await open({ publicationName: 'spillway_none' })).toBe('publication_missing');
  });

  it('stops when the publication is dropped under it, before any change is skipped unseen', async () => {
    await db.provision('t');
    const received = await db.subscribe();
    await db.query('insert into t values (1)');
    await received.until((items) => items.some((item) => item.kind === 'commit'));
    await db.query(`drop publication ${db.publicationName}`);
    await db.query('insert into t values (2)');
    expect(await kindOf(received.subscription.ended)).toBe('publication_missing');
  });
});

describe('fencing', () => {
  it('ends the walsender of an older epoch of the same stream and takes the slot over', async () => {
    await db.provision('t');
    const old = await db.subscribe({ epoch: 1 });
    const fresh = await db.subscribe({ epoch: 2 });
    expect(await kindOf(old.subscription.ended)).toBe('source_unreachable');
    await db.query('insert into t values (1)');
    await fresh.until((items) => items.some((item) => item.kind === 'commit'));
  });

  it('gives way to a newer epoch', async () => {
    await db.provision('t');
    const fresh = await db.subscribe({ epoch: 2 });
    expect(await kindOf(db.subscribe({ epoch: 1 }))).toBe('fenced');
    await db.query('insert into t values (1)');
    await fresh.until((items) => items.some((item) => item.kind === 'commit'));
  });

  it('never ends a stranger, and says who it is', async () => {
    await db.provision('t');
    const { host, port, database, username: user, password } = db.source;
    const config = { host, port, database, user, password, application_name: 'pg_recvlogical', replication: 'database' };
    const stranger = new pg.Client(config);
    stranger.on('error', () => undefined);
    await stranger.connect();
    const command = `START_REPLICATION SLOT ${db.slotName} LOGICAL 0/0 (proto_version '1', publication_names '${db.publicationName}')`;
    void stranger.query(command).catch(() => undefined);
    await eventually(async () => (await walsender()) !== null);
    const error = await db.subscribe().then(
      () => null,
      (thrown: SpillwayError) => thrown,
    );
    expect(error?.kind).toBe('slot_in_use');
    expect(error?.detail).toMatchObject({ pid: await walsender(), applicationName: 'pg_recvlogical', username: user });
    expect(await kindOf(dropSlotAndPublication({ ...db, source: db.source }))).toBe('slot_in_use');
    expect(await walsender()).not.toBeNull();
    await stranger.end();
  });
});
