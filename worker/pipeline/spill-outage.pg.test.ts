import { expect, it, onTestFinished } from 'vitest';
import { catalogDatabase, startPostgres } from '@/worker/testing/postgres';
import { spillOutage } from './spill-outage';

const MIB = 1024 * 1024;

/** The long form is `npm run spill-outage`. */
it('keeps retained WAL under its budget and memory flat while the sink is down, and delivers all of it in order beside live traffic', async () => {
  const [server, catalog] = await Promise.all([startPostgres(), catalogDatabase()]);
  onTestFinished(async () => {
    await catalog.drop();
    await server.stop();
  });
  const budgetBytes = 128 * MIB;
  const sourceUrl = await server.createDatabase();
  const report = await spillOutage({ sourceUrl, catalogUrl: catalog.url, roundsDown: 13, roundsAfter: 2, budgetBytes });
  expect(report).toMatchObject({ lost: 0, reordered: 0 });
  expect(report.writtenBytes).toBeGreaterThan(budgetBytes * 1.5);
  expect(report.peakRetainedBytes).toBeLessThan(budgetBytes);
  expect(report.peakSpilled).toBeGreaterThan(10_000);
  expect(report.peakRssBytes).toBeLessThan(250 * MIB);
  expect(report.duplicates).toBeLessThan(500);
  expect(report.states.at(-1)).toBe('streaming');
});
