import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChunkReader } from './chunk-reader';
import { type SourceFixture, sourceFixture, specFor } from './fixture';
import { preflight } from './preflight';
import { readSnapshot } from './snapshot';
import { sampleRows } from './tables';

let db: SourceFixture;
let major: number;
beforeEach(async () => {
  db = await sourceFixture();
  const [server] = await db.query(`select current_setting('server_version_num')::int / 10000 as major`);
  major = Number(server?.major);
  await db.query(`create table t (id int primary key, a int, twice int generated always as (a * 2) stored)`);
  if (major >= 18) await db.query('alter table t add thrice int generated always as (a * 3) virtual');
  await db.query('insert into t (id, a) values (1, 5)');
});
afterEach(() => db.drop());

it.each([
  [true, ['id', 'a', 'twice'], '12'],
  [false, ['id', 'a'], undefined],
])('rows read and rows streamed have the same columns, generatedColumns %s', async (generatedColumns, columns, twice) => {
  const step = (await preflight({ source: db.source, spec: specFor('t', { generatedColumns }) })).find(
    ({ name }) => name === 'Generated columns',
  );
  if (generatedColumns && major < 18) {
    expect(step).toMatchObject({ status: 'failed', finding: 'Generated columns cannot be published before PostgreSQL 18.' });
    await expect(db.provision('t', { generatedColumns })).rejects.toThrow(/older than PostgreSQL 18/);
    return;
  }
  expect(step?.status).toBe('ok');
  await db.provision('t', { generatedColumns });
  const received = await db.subscribe();
  await db.query('update t set a = 6');
  await received.until((items) => items.some(({ kind }) => kind === 'change'));
  const [change] = received.changes();
  expect(change?.relation.columns.map(({ name }) => name)).toEqual(columns);
  expect(change?.after?.[2]).toBe(twice);
  const table = { schema: 'public', table: 't', generatedColumns };
  const named = { source: db.source, streamId: db.streamId, epoch: 1, table };
  const blocking = await readSnapshot({ ...named, systemIdentifier: '1', exported: null });
  const read = [];
  for await (const row of blocking.rows) read.push(row.after);
  const reader = await ChunkReader.open({ ...named, slotName: db.slotName });
  const chunk = await reader.read(['id'], null, { rows: 10, bytes: 1e6 });
  await reader.close();
  const { rows } = await sampleRows({ source: db.source, table });
  expect([read, chunk?.rows.map(({ tuple }) => tuple), rows]).toEqual([[change?.after], [change?.after], [change?.after]]);
});
