import { expect, it } from 'vitest';
import { catalogDatabase, emptyDatabase } from '@/worker/testing/postgres';
import { steadyLoad } from './steady-load';
import { bundledPipeline } from './test-harness';

/** The short form of `npm run transactions`, which runs for a minute. */
it('keeps up with 100,000 single-row transactions a minute in little memory, and answers every keepalive', {
  timeout: 120_000,
}, async () => {
  const [catalog, source] = await Promise.all([catalogDatabase(), emptyDatabase()]);
  try {
    const result = await steadyLoad({
      catalogUrl: catalog.url,
      sourceUrl: source.url,
      sink: 'http',
      seconds: 3,
      perSecond: 1_667,
      pipelineFile: await bundledPipeline(),
      walSenderTimeoutMs: 10_000,
    });
    process.stdout.write(`${JSON.stringify(result)}\n`);
    expect(result.delivered).toBe(result.committed);
    // The server ends a connection that is silent for its timeout: ours spoke all the time, however busy it was.
    expect(result.senders).toBe(1);
    expect(result.replies).toBeGreaterThanOrEqual(4);
    expect(result.confirmedLsn.after).not.toBe(result.confirmedLsn.before);
    expect(result.peakBytes).toBeLessThan(150 * 1024 * 1024);
  } finally {
    await Promise.all([catalog.drop(), source.drop()]);
  }
});
