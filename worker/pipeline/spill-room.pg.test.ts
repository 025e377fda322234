import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalogDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { CatalogLink } from './catalog-link';
import { catalogRoom } from './spill-room';
import { TestStream } from './test-harness';

let catalog: TestDatabase;
beforeAll(async () => {
  catalog = await catalogDatabase();
});
afterAll(() => catalog.drop());

it('counts the buffers of all streams against the limit, and sees the disk of a catalog on this machine', async () => {
  const link = new CatalogLink(catalog.url, 'room');
  const room = (totalBytes: number, minFreeBytes = 0, url = catalog.url) => catalogRoom(link, url, { totalBytes, minFreeBytes })();
  const streams = await Promise.all(
    [1, 2].map(() => TestStream.create({ catalogUrl: catalog.url, sourceUrl: catalog.url, table: 't', receiverUrl: '' })),
  );
  try {
    for (const stream of streams) {
      await stream.query('insert into spill_buffer (stream_id, epoch) values ($1, 1)', [stream.id]);
      await stream.query(`insert into spill_batch (stream_id, ordinal, events, bytes, oldest_at, body) values ($1, 1, 1, 600, now(), '')`, [
        stream.id,
      ]);
    }
    expect(await room(1_201)).toBeNull();
    expect(await room(1_200)).toMatch(/the buffers of all streams hold 1\.2 .*SPILLWAY_SPILL_MAX_BYTES/);
    expect(await room(1_201, Number.MAX_SAFE_INTEGER)).toMatch(/the disk of the catalog has .* left, and SPILLWAY_SPILL_MIN_FREE_BYTES/);
    // Elsewhere nobody can tell.
    expect(await room(1_201, Number.MAX_SAFE_INTEGER, 'postgres://u@db.example:5432/catalog')).toBeNull();
  } finally {
    await Promise.all(streams.map((stream) => stream.dispose()));
    await link.close();
  }
});
