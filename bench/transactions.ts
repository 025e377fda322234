import { parseArgs } from 'node:util';
import { steadyLoad } from '../worker/pipeline/steady-load';
import { bundledPipeline } from '../worker/pipeline/test-harness';
import { catalogDatabase, emptyDatabase, SHARED_POSTGRES, startPostgres } from '../worker/testing/postgres';

/**
 * Single-row transactions at a steady rate through one pipeline with default settings, to a local HTTP receiver and to the event log:
 * does it keep up, in how much memory, and is every keepalive answered. Starts a server of its own. Exit code 1 when not.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '1667' },
    sink: { type: 'string', multiple: true, default: ['http', 'event-log'] },
  },
});
const server = await startPostgres();
process.env[SHARED_POSTGRES] = server.url;
try {
  const pipelineFile = await bundledPipeline();
  for (const sink of values.sink) {
    if (sink !== 'http' && sink !== 'event-log') throw new Error(`--sink: "${sink}" is neither http nor event-log`);
    const [catalog, source] = await Promise.all([catalogDatabase(), emptyDatabase()]);
    const result = await steadyLoad({
      catalogUrl: catalog.url,
      sourceUrl: source.url,
      sink,
      seconds: Number(values.seconds),
      perSecond: Number(values.rate),
      pipelineFile,
      walSenderTimeoutMs: 5_000,
    });
    console.log(JSON.stringify({ sink, ...result, peakMB: Math.round(result.peakBytes / 1024 / 1024) }));
    if (result.delivered !== result.committed || result.senders !== 1) process.exitCode = 1;
    await Promise.all([catalog.drop(), source.drop()]);
  }
} finally {
  await server.stop();
}
