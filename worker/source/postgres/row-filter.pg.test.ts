import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChunkReader } from './chunk-reader';
import { type SourceFixture, sourceFixture, specFor } from './fixture';
import { preflight } from './preflight';
import { ensurePublication } from './publication';
import { readComment } from './publication-comment';
import { readPublications } from './publication-observation';
import { readSnapshot } from './snapshot';
import { sampleRows } from './tables';

let db: SourceFixture;
beforeEach(async () => {
  db = await sourceFixture();
  await db.query('create table t (id int primary key, total int, note text)');
});
afterEach(() => db.drop());

const table = { schema: 'public', table: 't', rowFilter: 'id > 10' };

it('is pushed into the publication, altered with the spec, and recognised as the server prints it', async () => {
  const ensure = async (rowFilter?: string) =>
    (await ensurePublication({ source: db.source, publicationName: db.publicationName, spec: specFor('t', { rowFilter }) })).outcome;
  const seen = async () => {
    const [publication] = await readPublications(db.client, [db.publicationName]);
    return { filter: publication?.tables[0]?.filter, made: readComment(publication?.comment ?? null) };
  };
  expect(await ensure('id>10')).toBe('created');
  expect(await seen()).toEqual({ filter: '(id > 10)', made: { declared: 'id>10', printed: '(id > 10)' } });
  expect(await ensure('id>10')).toBe('unchanged');
  expect(await ensure("note = 'it''s'")).toBe('altered');
  expect((await seen()).filter).toContain("it''s");
  await db.query(`alter publication ${db.publicationName} set table t where (id > 99)`);
  expect(await seen()).toMatchObject({ filter: '(id > 99)', made: { declared: "note = 'it''s'" } });
  expect(await ensure("note = 'it''s'")).toBe('altered');
  expect(await ensure()).toBe('altered');
  expect(await seen()).toEqual({ filter: null, made: null });
  expect(await ensure()).toBe('unchanged');
});

it('an update that moves a row in or out of the filter is an insert or a delete; both readings leave the others out', async () => {
  await db.query('alter table t replica identity full; insert into t values (1, 1), (2, 20), (3, 30)');
  const rowFilter = 'total > 10';
  await db.provision('t', { rowFilter });
  const received = await db.subscribe();
  await db.query('update t set total = 11 where id = 1; update t set total = 2 where id = 2; update t set total = 31 where id = 3');
  await received.until((items) => items.filter(({ kind }) => kind === 'change').length === 3);
  expect(received.changes().map(({ op, before, after }) => [op, (after ?? before)?.[0]])).toEqual([
    ['c', '1'],
    ['d', '2'],
    ['u', '3'],
  ]);
  const named = { source: db.source, streamId: db.streamId, epoch: 1 };
  const blocking = await readSnapshot({ ...named, systemIdentifier: '1', table: { ...table, rowFilter }, exported: null });
  const ids: unknown[] = [];
  for await (const change of blocking.rows) ids.push(change.after?.[0]);
  expect(ids.sort()).toEqual(['1', '3']);
  const reader = await ChunkReader.open({ ...named, slotName: db.slotName, table: { ...table, rowFilter: `${rowFilter} or false` } });
  const limits = { rows: 1, bytes: 1e6 };
  const first = await reader.read(['id'], null, limits);
  const second = await reader.read(['id'], first?.cursor ?? null, limits);
  await reader.close();
  expect([first?.rows[0]?.tuple[0], second?.rows[0]?.tuple[0]]).toEqual(['1', '3']);
});

it('is judged by the server before anything is made, in its own words', async () => {
  await db.query(`insert into t select g, g, 'x' from generate_series(1, 30) g; create type mood as enum ('ok'); alter table t add m mood;
    create function mine(int) returns bool language sql immutable as 'select true'; create table secret (id int)`);
  const judge = async (rowFilter: string, operations: ('insert' | 'update')[] = ['insert']) => {
    const steps = await preflight({ source: db.source, spec: specFor('t', { rowFilter, operations }) });
    const step = steps.find(({ name }) => name === 'Row filter');
    return `${step?.status}: ${step?.finding} ${step?.remedy ?? ''}`;
  };
  expect(await judge("id > 10 and lower(note) = 'x'")).toContain('ok: 20 of the latest 30 rows pass');
  expect(await judge('id >')).toContain('syntax error at the end');
  expect(await judge('idd > 1')).toContain('column "idd" does not exist');
  expect(await judge('id + 1')).toContain('must be type boolean');
  expect(await judge('true) or (true')).toContain('closes a )');
  expect(await judge('id in (select id from secret)')).toContain('subquery');
  expect(await judge('public.mine(id)')).toContain('public.mine: no built-in immutable function');
  expect(await judge('now() > now()')).toContain('now: no built-in immutable function');
  expect(await judge('xmin is not null')).toContain('"xmin" does not exist');
  expect(await judge("m = 'ok'")).toContain('only columns of built-in types');
  expect(await judge('note::int > 1')).toContain('invalid input syntax for type integer');
  expect(await judge('total > 1')).toContain('ok:');
  expect(await judge('total > 1', ['insert', 'update'])).toContain('names "total", which is not in the replica identity');
  expect(await judge('id > 1', ['insert', 'update'])).toContain('ok:');
  // The server agrees: what passes can be made, and what it refused here breaks the application.
  await db.query('create publication p for table t where (total > 1)');
  await expect(db.query('update t set note = null')).rejects.toThrow(/cannot update table "t"/);
});

it('is honoured by samples, which count what passes and refuse what the server would', async () => {
  await db.query('insert into t select g, g from generate_series(1, 12) g');
  const sample = await sampleRows({ source: db.source, table });
  expect(sample).toMatchObject({ passing: { sampled: 12, passing: 2 } });
  expect(sample.rows.map((row) => row[0])).toEqual(['12', '11']);
  const bad = sampleRows({ source: db.source, table: { ...table, rowFilter: 'pg_sleep(1) is null' } });
  await expect(bad).rejects.toMatchObject({ kind: 'invalid_input' });
});
