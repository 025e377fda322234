import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Chunk, type ChunkLimits, ChunkReader } from './chunk-reader';
import { type SourceFixture, sourceFixture } from './fixture';

let db: SourceFixture;
beforeEach(async () => {
  db = await sourceFixture();
});
afterEach(() => db.drop());

/** Every chunk of a table, read one after the other. */
async function chunksOf(key: readonly string[], limits: ChunkLimits, wholeValueBytes?: number): Promise<Chunk[]> {
  const { source, streamId, slotName } = db;
  const table = { schema: 'public', table: 't', ...(wholeValueBytes ? { wholeValueBytes } : {}) };
  const reader = await ChunkReader.open({ source, streamId, epoch: 1, slotName, table });
  const chunks: Chunk[] = [];
  try {
    for (let cursor: readonly string[] | null = null; ; ) {
      const chunk: Chunk | null = await reader.read(key, cursor, limits);
      if (!chunk) throw new Error('the key is another');
      chunks.push(chunk);
      if (chunk.last) return chunks;
      cursor = chunk.cursor;
    }
  } finally {
    await reader.close();
  }
}

describe('ChunkReader', () => {
  it('ends a chunk by its bytes, whatever one statement brings, and leaves no row out and none twice', async () => {
    await db.query(`create table t (id int primary key, big text)`);
    await db.query(
      `insert into t select g, repeat('x', case when g > 2500 and g <= 2600 then 200000 else 10 end) from generate_series(1, 4000) g`,
    );
    const limits = { rows: 1_000, bytes: 1_000_000 };
    const chunks = await chunksOf(['id'], limits);
    const ids = chunks.flatMap(({ rows }) => rows.map(({ tuple }) => Number(tuple[0])));
    expect(ids).toEqual(Array.from({ length: 4_000 }, (_, at) => at + 1));
    const bytes = chunks.map(({ rows }) => rows.reduce((sum, { tuple }) => sum + String(tuple[1]).length, 0));
    expect(Math.max(...bytes)).toBeLessThanOrEqual(limits.bytes + 200_000);
    expect(Math.max(...chunks.map(({ rows }) => rows.length))).toBeLessThanOrEqual(limits.rows);
    expect(chunks.length).toBeLessThan(40);
  });

  it('goes on behind a key of several columns with any text in it, and puts what was left out back as cut', async () => {
    await db.query(`create table t (name text collate "C", "no" int, note text, primary key (name, "no"));
      alter table t alter note set storage external`);
    const names = ['a\tb', 'a\\N', 'a\\.', "it's", 'two\nlines', 'é "q"', '', '\\'];
    for (const name of names)
      await db.query(`insert into t select $1, g, case when g = 3 then repeat(md5('a'), 5000) end from generate_series(1, 3) g`, [name]);
    const chunks = await chunksOf(['name', 'no'], { rows: 2, bytes: 1_000_000 }, 100_000);
    const rows = chunks.flatMap((chunk) => chunk.rows.map(({ tuple }) => chunk.place(tuple)));
    const sorted = await db.query(`select name, "no"::text as at from t order by name, "no"`);
    expect(rows.map(({ tuple }) => [tuple[0], tuple[1]])).toEqual(sorted.map(({ name, at }) => [name, at]));
    expect(rows.filter(({ cut }) => cut).map(({ tuple, cut }) => [tuple[1], cut?.[0]?.bytes])).toEqual(names.map(() => ['3', 160_000]));
  });
});
