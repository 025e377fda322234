import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatLsn } from '@/core/postgres/lsn';
import { UNCHANGED } from '@/worker/source/source';
import { eventually, type Received, type SourceFixture, sourceFixture } from './fixture';

let db: SourceFixture;
beforeEach(async () => {
  db = await sourceFixture();
});
afterEach(() => db.drop());

const commits = (received: Received) => received.items.flatMap((item) => (item.kind === 'commit' ? [item] : []));
const seen = (count: number) => (items: Received['items']) => items.filter((item) => item.kind === 'change').length >= count;
const committed = (count: number) => (items: Received['items']) => items.filter((item) => item.kind === 'commit').length >= count;

describe('what comes on the stream', () => {
  it('brings transactions in commit order, each as begin, changes numbered from 0, commit', async () => {
    await db.query('create table t (id int primary key, v text)');
    await db.provision('t');
    const received = await db.subscribe();
    const before = Date.now();
    await db.query(`begin; insert into t values (1,'a'),(2,'b'); update t set v='c' where id=1; commit`);
    await db.query('delete from t where id = 2');
    await received.until(committed(2));
    const shape = received.items
      .filter((item) => item.kind !== 'keepalive')
      .map((item) => (item.kind === 'change' ? item.change.op : item.kind));
    expect(shape).toEqual(['begin', 'relation', 'c', 'c', 'u', 'commit', 'begin', 'd', 'commit']);
    expect(received.changes().map((change) => change.position.seq)).toEqual([0, 1, 2, 0]);
    const [first, second] = commits(received);
    expect(received.changes()[0]?.position.commitLsn).toBe(first?.transaction.commitLsn);
    expect(second?.transaction.previousCommitLsn).toBe(first?.endLsn);
    expect(first?.endLsn).toBeGreaterThan(first?.transaction.commitLsn ?? 0n);
    const committedAt = Number((first?.transaction.commitTimeUs ?? 0n) / 1000n);
    expect(committedAt).toBeGreaterThanOrEqual(before - 1);
    expect(committedAt).toBeLessThanOrEqual(Date.now());
  });

  it('brings logical messages at their place, in and outside of transactions, and none of a rolled back one', async () => {
    await db.query('create table t (id int primary key)');
    await db.provision('t');
    const received = await db.subscribe();
    await db.query(`begin; insert into t values (1); select pg_logical_emit_message(true, 'shop', 'inside'); insert into t values (2);
      select pg_logical_emit_message(false, 'shop', 'loose'); commit`);
    await db.query(`begin; select pg_logical_emit_message(true, 'shop', 'undone'); rollback`);
    await db.query(`select pg_logical_emit_message(true, 'alone', 'own transaction')`);
    await received.until(committed(2));
    const shape = received.items.flatMap((item) => {
      if (item.kind === 'keepalive' || item.kind === 'relation') return [];
      return [item.kind === 'message' ? `${item.message.prefix}:${item.message.transaction ? 'in' : 'out'}` : item.kind];
    });
    expect(shape).toEqual(['shop:out', 'begin', 'change', 'shop:in', 'change', 'commit', 'begin', 'alone:in', 'commit']);
    expect(received.changes().map((change) => change.position.seq)).toEqual([0, 1]);
  });

  it('keeps every value as the server prints it, whatever the defaults of role and database are', async () => {
    await db.query(`alter database "${db.source.database}" set datestyle = 'German'`);
    await db.query(`alter database "${db.source.database}" set timezone = 'Asia/Kolkata'`);
    await db.query(`create type mood as enum ('ok', 'so so'); create domain price as numeric(8,2)`);
    await db.query(`create table t (id bigint primary key, n numeric, ts timestamptz, d date, b bytea, bo bool, j json, f float8, i interval,
      m mood, p price, a int[], t text, g money)`);
    await db.provision('t');
    const received = await db.subscribe();
    await db.query(
      `insert into t values (9007199254740993, 1.10, '2016-11-04 11:51:30.123456+00', '0044-03-15 BC', '\\xdead', true,
       '{"a":12345678901234567890,"a":1}', 0.1, '1 year 2 mons -3 days', 'so so', 2.5, '{1,NULL}', E'ü\\n"', 1234.5)`,
    );
    await received.until(seen(1));
    const [change] = received.changes();
    expect(change?.after).toEqual([
      '9007199254740993',
      '1.10',
      '2016-11-04 11:51:30.123456+00',
      '0044-03-15 BC',
      '\\xdead',
      't',
      '{"a":12345678901234567890,"a":1}',
      '0.1',
      '1 year 2 mons -3 days',
      'so so',
      '2.50',
      '{1,NULL}',
      'ü\n"',
      '$1,234.50',
    ]);
    expect(change?.relation.columns.map((column) => column.typeName)).toEqual([
      'int8',
      'numeric',
      'timestamptz',
      'date',
      'bytea',
      'bool',
      'json',
      'float8',
      'interval',
      'mood',
      'numeric',
      '_int4',
      'text',
      'money',
    ]);
    // numeric(8,2): the domain's type modifier
    expect(change?.relation.columns[10]?.typeModifier).toBe(((8 << 16) | 2) + 4);
  });

  it('knows the primary key under every replica identity, also while a lookup holds the stream back', async () => {
    await db.query('create table t (a int, b text not null, c int not null, primary key (c, a)); create unique index by_b on t (b)');
    await db.provision('t');
    const received = await db.subscribe();
    await db.query(`insert into t values (1,'x',2)`);
    await db.query(`alter table t replica identity full; insert into t values (2,'y',2)`);
    await db.query(
      `alter table t replica identity using index by_b; insert into t values (3,'z',2); insert into t select g, g::text, 3 from generate_series(10, 300) g`,
    );
    await received.until(seen(294));
    const key = (at: number) =>
      received
        .changes()
        [at]?.relation.columns.filter((column) => column.primaryKey)
        .map((column) => column.name);
    expect([key(0), key(1), key(2)]).toEqual([
      ['a', 'c'],
      ['a', 'c'],
      ['a', 'c'],
    ]);
    expect(
      received
        .changes()
        .map((change) => change.relation.replicaIdentity)
        .slice(0, 3),
    ).toEqual(['default', 'full', 'index']);
    expect(
      received
        .changes()
        .slice(3)
        .map((change) => change.after?.[0]),
    ).toEqual(Array.from({ length: 291 }, (_, at) => String(at + 10)));
  });

  it('marks unchanged TOAST values, and takes them from the old row under REPLICA IDENTITY FULL', async () => {
    await db.query(`create table t (id int primary key, n int, big text); alter table t alter big set storage external`);
    await db.provision('t');
    const received = await db.subscribe();
    await db.query(`insert into t values (1, 1, repeat('x', 100000)); update t set n = 2`);
    await db.query('alter table t replica identity full');
    await db.query('update t set n = 3');
    await received.until(seen(3));
    const [, plain, full] = received.changes();
    expect(plain?.after).toEqual(['1', '2', UNCHANGED]);
    expect(plain?.beforeKind).toBe('none');
    expect(full?.beforeKind).toBe('full');
    expect(full?.before).toEqual(['1', '2', 'x'.repeat(100_000)]);
    expect(full?.after).toEqual(['1', '3', 'x'.repeat(100_000)]);
  });

  it('brings old keys of updates and deletes, and truncates', async () => {
    await db.query('create table t (id int primary key, v text)');
    await db.provision('t');
    const received = await db.subscribe();
    await db.query(`insert into t values (1,'a'); update t set id = 2; delete from t; truncate t`);
    await received.until(seen(4));
    const [, update, remove, truncate] = received.changes();
    expect([update?.op, update?.beforeKind, update?.before, update?.after]).toEqual(['u', 'key', ['1', null], ['2', 'a']]);
    expect([remove?.op, remove?.beforeKind, remove?.before, remove?.after]).toEqual(['d', 'key', ['2', null], null]);
    expect([truncate?.op, truncate?.before, truncate?.after]).toEqual(['t', null, null]);
  });

  it('follows names with capitals, quotes, commas and dots, and honours a column list and operations', async () => {
    await db.query(
      `create schema "Odd.Schema"; create table "Odd.Schema"."Mixed ""Case"", it's.t" ("Id" int primary key, "a,b" text, secret text)`,
    );
    await db.provision(`Mixed "Case", it's.t`, { schema: 'Odd.Schema', columns: ['Id', 'a,b'], operations: ['insert', 'delete'] });
    const received = await db.subscribe();
    await db.query(`insert into "Odd.Schema"."Mixed ""Case"", it's.t" values (1,'x','hidden')`);
    await db.query(`update "Odd.Schema"."Mixed ""Case"", it's.t" set secret = 'y'; delete from "Odd.Schema"."Mixed ""Case"", it's.t"`);
    await received.until(seen(2));
    const [insert, remove] = received.changes();
    expect(insert?.after).toEqual(['1', 'x']);
    expect(insert?.relation).toMatchObject({ schema: 'Odd.Schema', table: `Mixed "Case", it's.t` });
    expect(remove?.op).toBe('d');
  });

  it('names a partitioned table by its root', async () => {
    await db.query(
      'create table t (id int primary key) partition by range (id); create table t1 partition of t for values from (0) to (10)',
    );
    await db.provision('t');
    const received = await db.subscribe();
    await db.query('insert into t values (1)');
    await received.until(seen(1));
    expect(received.changes()[0]?.relation.table).toBe('t');
  });
});

describe('what is confirmed', () => {
  it('moves confirmed_flush_lsn to what was confirmed by itself, and never without a confirm', async () => {
    await db.query('create table t (id int primary key)');
    await db.provision('t');
    const before = await db.confirmedFlush();
    const received = await db.subscribe();
    await db.query('insert into t values (1)');
    await received.until(committed(1));
    await sleep(1500);
    received.subscription.flushStatus();
    await sleep(300);
    expect(await db.confirmedFlush()).toBe(before);
    const endLsn = commits(received)[0]?.endLsn ?? 0n;
    received.subscription.confirm(endLsn);
    await eventually(async () => (await db.confirmedFlush()) === formatLsn(endLsn));
    received.subscription.confirm(1n);
    received.subscription.flushStatus();
    await sleep(300);
    expect(await db.confirmedFlush()).toBe(formatLsn(endLsn));
  });

  it('delivers again what was not confirmed, under the same positions', async () => {
    await db.query('create table t (id int primary key)');
    await db.provision('t');
    const first = await db.subscribe();
    await db.query('insert into t values (1)');
    await db.query('insert into t values (2), (3)');
    await first.until(committed(2));
    first.subscription.confirm(commits(first)[0]?.endLsn ?? 0n);
    await first.subscription.close();
    const again = await db.subscribe();
    await again.until(committed(1));
    expect(again.changes().map((change) => change.after?.[0])).toEqual(['2', '3']);
    expect(again.changes().map((change) => change.position)).toEqual(
      first
        .changes()
        .slice(1)
        .map((change) => change.position),
    );
  });

  it('frees WAL of tables that are not published through confirmed keepalives, without writing to the source', async () => {
    await db.query('create table t (id int primary key); create table noise (v text)');
    await db.provision('t');
    const received = await db.subscribe({
      onItem: (item) => {
        if (item.kind === 'keepalive') received.subscription.confirm(item.walEnd);
      },
    });
    const since = Date.now();
    await db.query(`insert into noise select repeat('x', 1000) from generate_series(1, 20000)`);
    const [{ end }] = (await db.query('select pg_current_wal_lsn()::text as end')) as [{ end: string }];
    await eventually(async () => {
      const [row] = await db.query(`select confirmed_flush_lsn >= $2::pg_lsn as ok from pg_replication_slots where slot_name = $1`, [
        db.slotName,
        end,
      ]);
      return row?.ok === true;
    });
    await eventually(async () => {
      await db.query('checkpoint');
      await sleep(200);
      const [row] = await db.query('select restart_lsn >= $2::pg_lsn as freed from pg_replication_slots where slot_name = $1', [
        db.slotName,
        end,
      ]);
      return row?.freed === true;
    });
    // No ping-pong: about one keepalive a status, not thousands a second.
    const seconds = (Date.now() - since) / 1000;
    expect(received.items.filter((item) => item.kind === 'keepalive').length).toBeLessThan(100 + 20 * seconds);
  });
});
