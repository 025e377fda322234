// npm test: sets up what is missing, runs every test there is, and closes with one line that counts them.
import { mkdirSync, rmSync } from 'node:fs';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { install, requireNode } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
chdir(root);
requireNode();
const say = (/** @type {string} */ line) => console.log(line);
install(say);
const { register } = await import('tsx/esm/api');
register();
const { buildAll } = await import('./build.mjs');
const { chromium } = await import('./browser.mjs');
const { printChecks, staticChecks } = await import('./checks.mjs');
const { kafkaJars } = await import('./kafka-jars.ts');
const { notRun, peersIn, peerTable } = await import('./peers.mjs');
const { run } = await import('./run.mjs');
const { closingLine, playwrightTally, sum, tally, vitestTally } = await import('./tally.mjs');

const REPORTS = '.spillway/reports';
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

/** @type {import('./tally.mjs').Tally[]} */
const tallies = [];
/** What tests ran against. @type {import('./peers.mjs').PeerRow[]} */
const peers = [];

/** @param {string} title @param {() => Promise<import('./tally.mjs').Tally>} work */
async function section(title, work) {
  const began = performance.now();
  console.log(`\n── ${title}`);
  let counts;
  try {
    counts = await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    counts = tally({ failed: 1 });
  }
  tallies.push(counts);
  console.log(`── ${title}: ${closingLine(counts)} in ${((performance.now() - began) / 1000).toFixed(0)} s`);
}

/** @param {string} project */
async function vitest(project) {
  const file = `${REPORTS}/${project}.json`;
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { ok } = await run('vitest', args, { show: true });
  peers.push(...peersIn(file));
  return vitestTally(file, ok);
}

/** Tests that can not run here count as skipped, one by one as they are written in their files. @param {string} what @param {string} reason @param {string} command @param {string[]} args @param {RegExp} line */
async function skipAll(what, reason, command, args, line) {
  const { output } = await run(command, args);
  const skipped = Math.max(1, output.split('\n').filter((each) => line.test(each)).length);
  console.log(`skipped: ${reason}`);
  peers.push(notRun(what, skipped, reason));
  return tally({ skipped, reasons: [`${skipped} tests: ${reason}`] });
}

await section('checks', async () => {
  const checks = await staticChecks();
  printChecks(checks);
  const passed = checks.filter(({ ok }) => ok).length;
  return tally({ passed, failed: checks.length - passed });
});
await section('unit', () => vitest('unit'));
await section('build', async () => {
  await buildAll(say);
  return tally({ passed: 1 });
});
await section('Postgres', () => vitest('pg'));
await section('Kafka', async () => {
  try {
    if (!process.env.KAFKA_BROKERS) kafkaJars(say);
  } catch (error) {
    return skipAll(
      'Kafka and what else Maven brings',
      String(error instanceof Error ? error.message : error),
      'vitest',
      ['list', '--project', 'kafka', '--static-parse'],
      / > /,
    );
  }
  return vitest('kafka');
});
await section('browser', async () => {
  const browser = chromium(say);
  if ('missing' in browser) return skipAll('journeys in a browser', browser.missing, 'playwright', ['test', '--list'], / › /);
  const file = `${REPORTS}/browser.json`;
  const env = { CHROMIUM_PATH: browser.path, PLAYWRIGHT_JSON_OUTPUT_NAME: file };
  const { ok } = await run('playwright', ['test', '--reporter=list,json'], { show: true, env });
  return playwrightTally(file, ok);
});

const all = sum(tallies);
console.log('\nPeers of the tests:');
for (const line of peerTable(peers)) console.log(line);
console.log('');
for (const reason of all.reasons) console.log(`skipped: ${reason}`);
console.log(closingLine(all));
process.exit(all.failed === 0 ? 0 : 1);
