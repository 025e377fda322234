import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAULTS } from './faults';
import { newTotals, runCycle } from './run';
import { ChaosWorld } from './world';

/** One of each kind that is cheap and that no other test shows, with a fixed seed; `npm run chaos` draws from all of them. */
const SEED = 7;
const NAMES = [
  'failpoint before_send',
  'SIGTERM under load',
  'frozen until another worker took over, then awake again',
  'walsender terminated',
  'blackhole_one_way upstream to source',
  'down to log',
  'receiver flapping',
  'receiver ack-lost',
  'kill -9 while it spills and while it drains',
  'kill -9 within a transaction of 5,000 rows',
  'one bad event of 50',
  'rows of 2 MiB',
  'columns and replica identity altered under load',
  'poison',
];

let world: ChaosWorld;
const totals = newTotals();

beforeAll(async () => {
  world = await ChaosWorld.build({ seed: SEED });
  await world.begin();
});
afterAll(async () => {
  await world.remove(false);
  console.log(
    `${totals.cycles} of ${FAULTS.length} faults (all of them: npm run chaos), ${totals.events} events: lost ${totals.lost}, reordered ${totals.reordered}, duplicates max per restart ` +
      `${totals.duplicatesPerRestart}, slot stuck ${totals.slotStuckMs} ms, peak RSS ${Math.round(world.watch.peakRss / 1024 / 1024)} MB`,
  );
});

test.each(NAMES)('%s: nothing lost, reordered, confirmed too early or told twice too often', async (name) => {
  const fault = FAULTS.find((each) => each.name === name);
  if (!fault) throw new Error(`no fault is called ${name}`);
  const problems = totals.problems.length;
  console.log(await runCycle(world, fault, SEED + NAMES.indexOf(name), totals));
  expect(totals.problems.slice(problems)).toEqual([]);
});
