import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckStep } from '@/core/dto/inspection';
import { quoteIdentifier } from '@/core/postgres/identifiers';
import type { SourceSpec } from '@/core/spec/source';
import { type SourceFixture, sourceFixture, specFor } from './fixture';
import { preflight } from './preflight';
import { sampleWalRate, serverFacts } from './server-facts';
import { observeSlots } from './slot-observation';
import { listTables, sampleRows } from './tables';

let db: SourceFixture;
const roles: string[] = [];
beforeEach(async () => {
  db = await sourceFixture();
});
afterEach(async () => {
  for (const role of roles.splice(0)) await db.query(`drop owned by ${role}; drop role ${role}`);
  await db.drop();
});

const found = (steps: CheckStep[]) => Object.fromEntries(steps.map((step) => [step.name, step.status]));
const step = (steps: CheckStep[], name: string) => steps.find((candidate) => candidate.name === name);
const check = (table: string, spec: Partial<SourceSpec> = {}) => preflight({ source: db.source, spec: specFor(table, spec) });
async function role(attributes: string) {
  const name = `r_${db.source.database}`;
  await db.query(`create role ${name} login password 'pw' ${attributes}`);
  roles.push(name);
  return { ...db.source, username: name, password: 'pw' };
}

describe('preflight', () => {
  it('finds a well-kept server and table ready, and warns of the superuser and of plain TCP', async () => {
    await db.query('create table t (id int primary key)');
    expect(found(await check('t'))).toEqual({
      Connection: 'ok',
      Version: 'ok',
      TLS: 'warning',
      Primary: 'ok',
      wal_level: 'ok',
      'Replication slots': 'ok',
      'WAL senders': 'ok',
      max_slot_wal_keep_size: 'ok',
      idle_replication_slot_timeout: 'ok',
      wal_sender_timeout: 'ok',
      Failover: 'ok',
      'Replication right': 'ok',
      'Right to publish': 'ok',
      'Least privilege': 'warning',
      Table: 'ok',
      'Right to read': 'ok',
      'Table ownership': 'ok',
      'Replica identity': 'ok',
      Columns: 'ok',
    });
  });

  it('says what a bare role lacks, and its SQL mends every step', async () => {
    await db.query('create schema s; create table s.t (id int primary key)');
    const source = await role('noreplication');
    const spec = specFor('t', { schema: 's' });
    const before = await preflight({ source, spec });
    const failed = before.filter((candidate) => candidate.status === 'failed');
    expect(failed.map((candidate) => candidate.name)).toEqual([
      'Replication right',
      'Right to publish',
      'Right to read',
      'Table ownership',
    ]);
    for (const { remedy } of failed) await db.query(remedy ?? '');
    const after = await preflight({ source, spec });
    expect(after.filter((candidate) => candidate.status === 'failed')).toEqual([]);
    expect(step(after, 'Least privilege')?.status).toBe('ok');
    await db.query(`revoke postgres from ${source.username}`);
  });

  it('blocks updates of a table without identity, and its ALTER TABLE mends it', async () => {
    await db.query('create table t (a int not null, b int); create table u (a int not null); create unique index u_a on u (a)');
    for (const table of ['t', 'u']) {
      const failed = step(await check(table), 'Replica identity');
      expect(failed?.status).toBe('failed');
      await db.query(failed?.remedy ?? '');
    }
    expect(step(await check('t'), 'Replica identity')?.status).toBe('warning');
    expect(step(await check('u'), 'Replica identity')).toMatchObject({ status: 'ok', finding: 'Rows are identified by a.' });
    expect(step(await check('t', { columns: ['a'] }), 'Replica identity')?.status).toBe('failed');
    expect(step(await check('t', { operations: ['insert'] }), 'Replica identity')?.status).toBe('ok');
  });

  it('looks at the partitions, the column list, row-level security and the kind', async () => {
    await db.query(`create table p (id int not null) partition by list (id); create table p1 partition of p for values in (1); alter table p replica identity full;
      create table keyed (id int primary key, v text, g int generated always as (id + 1) stored); alter table keyed enable row level security;
      create unlogged table fast (id int primary key); create view v as select 1 as id`);
    expect(step(await check('p'), 'Replica identity')).toMatchObject({
      status: 'failed',
      remedy: 'ALTER TABLE public.p1 REPLICA IDENTITY FULL;',
    });
    expect(step(await check('keyed', { columns: ['v'] }), 'Replica identity')).toMatchObject({
      status: 'failed',
      remedy: 'Add "id" to the columns.',
    });
    expect(step(await check('keyed', { columns: ['id', 'nope'] }), 'Columns')?.status).toBe('failed');
    expect(step(await check('keyed'), 'Generated columns')?.finding).toContain('g: not published');
    expect(step(await check('keyed'), 'Row-level security')).toBeUndefined();
    const source = await role('');
    const spec = specFor('keyed', { snapshot: 'initial' });
    expect(step(await preflight({ source, spec }), 'Row-level security')?.status).toBe('failed');
    for (const table of ['fast', 'v', 'missing']) expect(found(await check(table)).Table).toBe('failed');
  });

  it('turns a server that cannot be reached into a step', async () => {
    const [closed, ...none] = await preflight({ source: { ...db.source, port: 1 } });
    expect([closed?.status, none]).toEqual(['failed', []]);
    const [wrong] = await preflight({ source: { ...db.source, password: 'wrong' } });
    expect(wrong?.remedy).toContain('password');
    const [plain] = await preflight({ source: { ...db.source, tlsMode: 'verify_full' } });
    expect(plain?.remedy).toContain('ssl = on');
  });
});

describe('looks at a server', () => {
  it('lists tables with keys, columns, sizes and what identifies a row', async () => {
    await db.query(`create table "Mixed ""Case""" (b int, a bigint, note text, price numeric(12,2) not null, primary key (a, b));
      create table bare (id int); create unlogged table fast (id int); create view v as select 1; create table p (id int) partition by list (id);
      create table p1 partition of p for values in (1); insert into "Mixed ""Case""" values (1, 2, 'x', 3); checkpoint; analyze`);
    const tables = await listTables(db.source);
    expect(tables.map((table) => [table.name, table.kind])).toEqual([
      ['Mixed "Case"', 'table'],
      ['bare', 'table'],
      ['p', 'partitioned'],
    ]);
    const [mixed, bare] = tables;
    expect(mixed).toMatchObject({
      primaryKey: ['a', 'b'],
      identityColumns: ['a', 'b'],
      identityRemedy: null,
      estimatedRows: 1,
      replicaIdentity: 'default',
    });
    expect(mixed?.columns[3]).toEqual({ name: 'price', type: 'numeric(12,2)', nullable: false, generated: false, toastable: false });
    expect(mixed?.columns[2]).toMatchObject({ name: 'note', toastable: true, nullable: true });
    expect(mixed?.totalBytes).toBeGreaterThan(0);
    expect(Date.now() - Date.parse(mixed?.lastWriteAt ?? '')).toBeLessThan(60_000);
    expect(bare?.identityRemedy).toBe('ALTER TABLE "public"."bare" REPLICA IDENTITY FULL');
    const source = await role('');
    expect((await listTables(source)).map((table) => table.lastWriteAt)).toEqual([null, null, null]);
  });

  it('samples the latest rows by key, and cannot write', async () => {
    await db.query('create table t (id int primary key, v bool); insert into t select g, true from generate_series(1, 20) g');
    const sample = await sampleRows({ source: db.source, table: { schema: 'public', table: 't', columns: ['id', 'v'] }, limit: 2 });
    expect(sample.rows).toEqual([
      ['20', 't'],
      ['19', 't'],
    ]);
    await db.query(`create function boom() returns int language plpgsql as $$ begin delete from public.t; return 1; end $$;
      create view trap as select boom() as id`);
    await expect(sampleRows({ source: db.source, table: { schema: 'public', table: 'trap' } })).rejects.toThrow(/read-only/);
    await expect(sampleRows({ source: db.source, table: { schema: 'public', table: 'missing' } })).rejects.toMatchObject({
      kind: 'table_missing',
    });
  });

  it('reads limits and use of the server, and the rate of its WAL', async () => {
    await db.query('create table t (id int primary key, v text)');
    await db.provision('t');
    const facts = await serverFacts(db.source);
    expect(facts).toMatchObject({
      walLevel: 'logical',
      inRecovery: false,
      timeline: 1,
      maxSlotWalKeepBytes: 1024 ** 3,
      idleSlotTimeoutSeconds: 0,
    });
    expect(facts.usedSlots).toBeGreaterThanOrEqual(1);
    expect(facts.serverVersion).toMatch(/^18\./);
    // Written until the sample is taken: an insert before its first reading would not count.
    let sampled = false;
    const sampling = sampleWalRate(db.source, 2).finally(() => {
      sampled = true;
    });
    while (!sampled) await db.query(`insert into t select coalesce(max(id), 0) + 1, repeat('x', 100) from t`);
    const rate = await sampling;
    expect(rate.walBytesPerSec).toBeGreaterThan(0);
    expect(rate.sampledSeconds).toBeGreaterThanOrEqual(2);
  });

  it('observes who reads a slot and which transaction holds WAL back', async () => {
    await db.query('create table t (id int primary key)');
    await db.provision('t');
    await db.subscribe({ epoch: 7 });
    await db.query('begin');
    await db.query('insert into t values (1)');
    const observed = await observeSlots(db.source);
    const slot = observed.slots.find((candidate) => candidate.slotName === db.slotName);
    expect(slot).toMatchObject({
      active: true,
      applicationName: `spillway:${db.streamId}:7`,
      username: db.source.username,
      clientAddress: '127.0.0.1',
    });
    expect(slot?.activePid).toEqual(expect.any(Number));
    expect(slot?.sentLsn).toMatch(/\//);
    expect(observed.oldestTransaction?.pid).toEqual(expect.any(Number));
    await db.query('rollback');
  });

  it('quotes like the server does', async () => {
    const name = `a"b'c.d\\e`;
    const [row] = await db.query('select quote_ident($1) as quoted', [name]);
    expect(quoteIdentifier(name)).toBe(row?.quoted);
  });
});
