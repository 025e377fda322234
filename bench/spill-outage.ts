import { parseArgs } from 'node:util';
import { mib, spillOutage } from '../worker/pipeline/spill-outage';
import { catalogDatabase, startPostgres } from '../worker/testing/postgres';

/**
 * An outage of the sink under 2,000 events a second, every second ending a WAL segment of 16 MiB, against a WAL budget that is far below what
 * would be retained. Prints a line a second, then a report. Starts servers of its own. Exit code 1 when anything is lost, out of order, or the
 * budget was passed.
 */
const { values } = parseArgs({
  options: {
    down: { type: 'string', default: '240' },
    after: { type: 'string', default: '30' },
    budget: { type: 'string', default: '128' },
  },
});
const budgetBytes = Number(values.budget) * 1024 * 1024;
const [server, catalog] = await Promise.all([startPostgres(), catalogDatabase()]);
try {
  const sourceUrl = await server.createDatabase();
  const rounds = { roundsDown: Number(values.down), roundsAfter: Number(values.after) };
  const report = await spillOutage({ sourceUrl, catalogUrl: catalog.url, ...rounds, budgetBytes, say: console.log });
  console.log(
    JSON.stringify(
      {
        ...report,
        peakRetained: mib(report.peakRetainedBytes),
        written: mib(report.writtenBytes),
        peakBuffer: mib(report.peakSpilledBytes),
        peakRss: mib(report.peakRssBytes),
      },
      null,
      2,
    ),
  );
  if (report.lost > 0 || report.reordered > 0 || report.peakRetainedBytes > budgetBytes) process.exitCode = 1;
} finally {
  await catalog.drop();
  await server.stop();
}
