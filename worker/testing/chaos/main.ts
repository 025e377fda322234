import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { randomOf } from '../oracle';
import { FAULTS } from './faults';
import { whyNoKafka } from './kafka';
import { drawFault, newTotals, runCycle } from './run';
import { ChaosWorld } from './world';

/** `npm run chaos -- --cycles N --seed S [--major 15|18] [--only <part of a fault's name>] [--no-kafka]`, see docs/runbooks/chaos.md. */
const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    major: { type: 'string' },
    only: { type: 'string' },
    // When neither is given: with Kafka if it can be had.
    kafka: { type: 'boolean' },
  },
  allowNegative: true,
});
const cycles = Number(values.cycles);
const seed = Number(values.seed);
const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const noKafka = values.kafka === false ? '--no-kafka was given' : whyNoKafka(say);
const faults = FAULTS.filter(({ name, needsKafka }) => (!values.only || name.includes(values.only)) && !(needsKafka && noKafka));
if (!Number.isInteger(cycles) || cycles < 1 || !Number.isInteger(seed) || faults.length === 0) {
  console.error(`--cycles and --seed take whole numbers, --only a part of one of: ${FAULTS.map(({ name }) => name).join('; ')}`);
  process.exit(2);
}
if (values.kafka && noKafka) {
  console.error(`--kafka: ${noKafka}`);
  process.exit(2);
}
const totals = newTotals();
const random = randomOf(seed);
say(`seed ${seed}, ${cycles} cycles, PostgreSQL ${values.major ?? 18}, ${noKafka ? `without Kafka: ${noKafka}` : 'with Kafka'}`);
const building = ChaosWorld.build({
  seed,
  majorVersion: values.major ? Number(values.major) : undefined,
  kafka: !noKafka,
  smallDisks: true,
});

let ending: Promise<void> | null = null;
function end(code: number): Promise<void> {
  ending ??= (async () => {
    const world = await building;
    await Promise.race([world.remove(code === 1), sleep(20_000)]).catch((thrown) => console.error(thrown));
    const rss = Math.round(world.watch.peakRss / 1024 / 1024);
    console.log(
      `cycles ${totals.cycles}, events ${totals.events}, lost ${totals.lost}, reordered ${totals.reordered}, duplicates max per restart ` +
        `${totals.duplicatesPerRestart} (after a crash of the source ${totals.duplicatesAfterSourceCrash}), slot stuck ${(totals.slotStuckMs / 1000).toFixed(1)} s, ` +
        `peak RSS ${rss} MB, seed ${seed}, violations ${totals.problems.length}`,
    );
    process.exit(code);
  })();
  return ending;
}
process.on('SIGINT', () => void end(130));
process.on('SIGTERM', () => void end(143));

try {
  const world = await building;
  if (world.kafka) say(`the broker answered after ${(world.kafka.startMs / 1000).toFixed(1)} s, beside three servers that started`);
  await world.begin();
  for (let cycle = 1; cycle <= cycles && !ending; cycle++) {
    const fault = drawFault(random, faults);
    say(`${cycle}/${cycles} ${await runCycle(world, fault, Math.floor(random() * 2 ** 31), totals)}`);
    if (totals.problems.length > 0) {
      for (const problem of totals.problems.slice(0, 20)) console.log(`  ${problem}`);
      console.log(`  the worker's log: ${world.logFile}`);
      break;
    }
  }
  await end(totals.problems.length > 0 ? 1 : 0);
} catch (thrown) {
  // After Ctrl-C everything that was under way fails.
  if (!ending) {
    console.error(thrown);
    totals.problems.push(String(thrown));
  }
  await end(1);
}
