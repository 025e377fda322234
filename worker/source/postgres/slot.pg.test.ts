import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SpillwayError } from '@/core/errors';
import { formatLsn, type Lsn } from '@/core/postgres/lsn';
import { type SourceFixture, sourceFixture, specFor } from './fixture';
import { ensurePublication } from './publication';
import { ensureSlot } from './slot';
import { dropSlotAndPublication } from './slot-drop';
import { observeSlots } from './slot-observation';

let db: SourceFixture;
beforeEach(async () => {
  db = await sourceFixture();
  await db.query('create table t (id int primary key, v text, w text)');
});
afterEach(() => db.drop());

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: SpillwayError) => error,
  );
const options = (change: object = {}) => ({
  source: db.source,
  streamId: db.streamId,
  epoch: 1,
  slotName: db.slotName,
  publicationName: db.publicationName,
  recorded: null,
  exportSnapshot: false,
  ...change,
});
const recorded = (slot: { systemIdentifier: string; consistentPoint: Lsn }, promisedLsn: string | null = null) => ({
  recorded: { systemIdentifier: slot.systemIdentifier, consistentPoint: formatLsn(slot.consistentPoint), promisedLsn },
});

describe('the slot', () => {
  it('is not made before its publication', async () => {
    expect((await failure(ensureSlot(options())))?.kind).toBe('publication_missing');
    expect((await observeSlots(db.source)).slots.filter((slot) => slot.slotName === db.slotName)).toEqual([]);
  });

  it('is made with failover, adopted after a crash, and found again as recorded', async () => {
    const made = await db.provision('t');
    expect(made.created).toBe(true);
    const [observed] = (await observeSlots(db.source)).slots.filter((slot) => slot.slotName === db.slotName);
    expect(observed).toMatchObject({
      plugin: 'pgoutput',
      failover: true,
      active: false,
      walStatus: 'reserved',
      database: db.source.database,
    });
    expect(observed?.retainedBytes).toBeGreaterThanOrEqual(0);
    const adopted = await ensureSlot(options());
    expect(adopted).toMatchObject({ created: false, consistentPoint: made.consistentPoint });
    expect(await ensureSlot(options(recorded(made)))).toMatchObject({ created: false, consistentPoint: made.consistentPoint });
  });

  it('is never made anew when it was recorded: gone, moved or of another server', async () => {
    const made = await db.provision('t');
    expect((await failure(ensureSlot(options({ recorded: { ...recorded(made).recorded, systemIdentifier: '1' } }))))?.kind).toBe(
      'position_mismatch',
    );
    await db.query(`insert into t values (1)`);
    await db.query(`select pg_replication_slot_advance($1, pg_current_wal_lsn())`, [db.slotName]);
    expect((await failure(ensureSlot(options(recorded(made)))))?.kind).toBe('position_mismatch');
    const promised = await db.confirmedFlush();
    expect(await ensureSlot(options(recorded(made, promised)))).toMatchObject({ created: false });
    await db.query(`select pg_drop_replication_slot($1)`, [db.slotName]);
    expect((await failure(ensureSlot(options(recorded(made, promised)))))?.kind).toBe('slot_lost');
  });

  it('names the transactions that block its creation, and leaves nothing behind', async () => {
    await ensurePublication({ source: db.source, publicationName: db.publicationName, spec: specFor('t') });
    const { host, port, database, username: user, password } = db.source;
    const blocker = new pg.Client({ host, port, database, user, password, application_name: 'nightly-job' });
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query(`insert into t values (1, '${'x'.repeat(300)}')`);
    const error = await failure(ensureSlot(options({ lockTimeoutMs: 500 })));
    expect(error?.kind).toBe('slot_creation_blocked');
    const blockers = error?.detail.blockers as { query: string }[];
    expect(blockers).toMatchObject([{ applicationName: 'nightly-job', xactStart: expect.any(String), pid: expect.any(Number) }]);
    expect(blockers[0]?.query).toHaveLength(200);
    await blocker.query('rollback');
    await blocker.end();
    expect((await observeSlots(db.source)).slots.filter((slot) => slot.slotName === db.slotName)).toEqual([]);
    expect((await ensureSlot(options())).created).toBe(true);
  });

  it('is dropped with its publication even while our own walsender reads it, and proves it; foreign names are refused', async () => {
    await db.provision('t');
    await db.subscribe();
    expect(await dropSlotAndPublication(db)).toEqual({ slots: 0, publications: 0, walsenders: 0 });
    expect(await dropSlotAndPublication(db)).toEqual({ slots: 0, publications: 0, walsenders: 0 });
    expect((await failure(dropSlotAndPublication({ ...db, slotName: 'payments' })))?.kind).toBe('precondition_failed');
  });
});

describe('the publication', () => {
  const ensure = (table: string, spec = {}) =>
    ensurePublication({ source: db.source, publicationName: db.publicationName, spec: specFor(table, spec) });
  const published = async () =>
    db.query(`select tablename, attnames::text as columns from pg_publication_tables where pubname = $1`, [db.publicationName]);

  it('is made once, left alone when it is right, and altered when the spec changed', async () => {
    expect((await ensure('t', { columns: ['id', 'v'] })).outcome).toBe('created');
    expect((await ensure('t', { columns: ['v', 'id'] })).outcome).toBe('unchanged');
    expect(await published()).toEqual([{ tablename: 't', columns: '{id,v}' }]);
    const altered = await ensure('t', { operations: ['insert'] });
    expect(altered.outcome).toBe('altered');
    expect(altered.statements).toHaveLength(2);
    expect(await published()).toEqual([{ tablename: 't', columns: '{id,v,w}' }]);
    const [row] = await db.query('select pubinsert, pubupdate, pubviaroot from pg_publication where pubname = $1', [db.publicationName]);
    expect(row).toEqual({ pubinsert: true, pubupdate: false, pubviaroot: true });
  });

  it('takes a table in again that was dropped and made anew', async () => {
    await ensure('t');
    await db.query('drop table t; create table t (id int primary key)');
    expect((await ensure('t')).outcome).toBe('altered');
    expect(await published()).toEqual([{ tablename: 't', columns: '{id}' }]);
  });

  it('says so when the table is missing, and leaves a publication for all tables alone', async () => {
    expect((await failure(ensure('nothing')))?.kind).toBe('table_missing');
    await db.query(`create publication ${db.publicationName} for all tables`);
    expect((await failure(ensure('t')))?.kind).toBe('precondition_failed');
  });
});
