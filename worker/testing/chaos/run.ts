import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@/core/errors';
import { parseLsn } from '@/core/postgres/lsn';
import { DEFAULT_LIMITS } from '@/worker/pipeline/assignment';
import { randomOf } from '../oracle';
import { commitOf } from './checker';
import type { Fault, FaultReport } from './fault';
import { FAULTS } from './faults';
import type { ChaosStream, ChaosWorld } from './world';

/** The largest of the oracle's transactions; a changed key counts twice. The window is let run over by one transaction. */
const LARGEST_TRANSACTION = 400;
const WINDOW = DEFAULT_LIMITS.maxInFlightEvents + LARGEST_TRANSACTION;
const CATCH_UP_MS = 120_000;
/** Longer than a confirmation waits for its status update (1 s). */
const HELD_MS = 1_500;
/** I6. */
const SLOT_MS = 30_000;
/** I11. */
const STATE_MS = 15_000;

/** Figures of a run. */
export interface ChaosTotals {
  cycles: number;
  /** That arrived, each once. */
  events: number;
  /** Committed and not arrived. */
  lost: number;
  /** Keys whose first arrivals are not in the order of their commits. */
  reordered: number;
  /** Of the worst stream in one cycle, per restart; crashes of the source are counted by themselves. */
  duplicatesPerRestart: number;
  duplicatesAfterSourceCrash: number;
  slotStuckMs: number;
  readonly problems: string[];
}

export function newTotals(): ChaosTotals {
  return {
    cycles: 0,
    events: 0,
    lost: 0,
    reordered: 0,
    duplicatesPerRestart: 0,
    duplicatesAfterSourceCrash: 0,
    slotStuckMs: 0,
    problems: [],
  };
}

/** Draws by weight. */
export function drawFault(random: () => number, faults: readonly Fault[] = FAULTS): Fault {
  const total = faults.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let at = random() * total;
  for (const fault of faults) {
    at -= fault.weight ?? 1;
    if (at < 0) return fault;
  }
  return faults.at(-1) as Fault;
}

/** One cycle: load, the fault, load, quiet, and every invariant. Gives its line; problems are in `totals`. */
export async function runCycle(world: ChaosWorld, fault: Fault, seed: number, totals: ChaosTotals): Promise<string> {
  const random = randomOf(seed);
  const from = Date.now();
  const problems: string[] = [];
  world.watch.nextCycle();
  world.startLoad();
  await sleep(200 + random() * 500);
  let report: FaultReport = {};
  let besides = 0;
  const held = fault.held === true && random() < 0.5;
  const release = held ? await world.refuseEverything() : undefined;
  if (held) await sleep(HELD_MS);
  try {
    report = (await fault.run(world, random)) ?? {};
    problems.push(...(report.problems ?? []));
  } catch (thrown) {
    problems.push(`${fault.name}: ${messageOf(thrown)}`);
  }
  await release?.();
  await sleep(200 + random() * 200);
  await world.stopLoad();
  const healedAt = Date.now();
  problems.push(...(await caughtUp(world)));
  const caughtUpMs = Date.now() - healedAt;
  const [states, stuck] = await Promise.all([streaming(world), slotsMoved(world)]);
  problems.push(...states, ...stuck.problems, ...(await letters(world)));

  let events = 0;
  let lost = 0;
  let worst = 0;
  for (const stream of world.streams) {
    besides = Math.max(besides, stream.beside.length);
    const outcome = await judgeStream(world, stream, fault, report);
    problems.push(...outcome.problems);
    events += outcome.first;
    lost += outcome.lost;
    worst = Math.max(worst, outcome.repeated);
  }
  const perRestart = Math.ceil(worst / (report.restarts ?? 1));
  const allowed = fault.allowance === 'none' ? 0 : (report.restarts ?? 1) * (WINDOW + besides);
  if (fault.allowance !== 'slot' && worst > allowed) problems.push(`I4: ${worst} duplicates of one stream, ${allowed} allowed`);
  problems.push(...world.watch.problems.splice(0), ...world.canaries.problems(world.pipelines().map(({ pid }) => pid)));

  totals.cycles++;
  totals.events += events;
  totals.lost += lost;
  totals.reordered += problems.filter((problem) => problem.includes('I3: out of order')).length;
  totals.slotStuckMs = Math.max(totals.slotStuckMs, stuck.ms);
  if (fault.allowance === 'slot') totals.duplicatesAfterSourceCrash = Math.max(totals.duplicatesAfterSourceCrash, worst);
  else totals.duplicatesPerRestart = Math.max(totals.duplicatesPerRestart, perRestart);
  totals.problems.push(...problems);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return `${fault.name}${held ? ' while the receiver refuses' : ''}: ${events} events, ${worst} duplicates, caught up in ${seconds(caughtUpMs)}, slots moved in ${seconds(stuck.ms)}, ${seconds(Date.now() - from)}${report.note ? `, ${report.note}` : ''}${problems.length > 0 ? `, ${problems.length} PROBLEMS` : ''}`;
}

async function judgeStream(world: ChaosWorld, stream: ChaosStream, fault: Fault, report: FaultReport) {
  const committed = [...stream.oracle.committed.slice(stream.mark), ...stream.beside];
  const verdict = stream.checker.check(committed, await stream.take());
  stream.mark = stream.oracle.committed.length;
  stream.beside.length = 0;
  const problems = verdict.problems.map((problem) => `${stream.name}: ${problem}`);
  const kept = new Set(report.keptKeys?.map((id) => JSON.stringify({ id })));
  const live = verdict.first.filter(({ key }) => !kept.has(String(key)));
  if (!report.keptStreams?.includes(stream.name)) problems.push(...world.watch.confirmedTooEarly(stream.name, live));
  const slot = report.slots?.get(stream.name);
  const settled = fault.allowance === 'slot' && slot !== undefined ? verdict.repeated.filter((id) => commitOf(id) < slot) : [];
  if (settled.length > 0) problems.push(`I4: ${stream.name}: ${settled.length} events came again from before the slot's position`);
  if (stream.exactlyOnce && verdict.repeated.length > 0)
    problems.push(`I4: ${stream.name}: ${verdict.repeated.length} events came again to a read_committed consumer`);
  const first = verdict.first.length;
  return { problems, first, lost: Math.max(0, committed.length - first), repeated: verdict.repeated.length };
}

/** As many events as were committed. What they are is for the checker to say. */
async function caughtUp(world: ChaosWorld): Promise<string[]> {
  const behind = async () => {
    const missing = await Promise.all(
      world.streams.map(async (stream) => {
        const wanted = stream.oracle.committed.length - stream.mark + stream.beside.length;
        const arrived = await stream.arrived();
        return arrived < wanted ? [`${stream.name} ${arrived} of ${wanted}`] : [];
      }),
    );
    return missing.flat();
  };
  let missing = await behind();
  for (const until = Date.now() + CATCH_UP_MS; missing.length > 0 && Date.now() < until; missing = await behind()) await sleep(50);
  return missing.length > 0 ? [`not caught up in ${CATCH_UP_MS / 1000} s: ${missing.join(', ')}`] : [];
}

/** I6: every slot reaches what the server's WAL is now. */
async function slotsMoved(world: ChaosWorld): Promise<{ ms: number; problems: string[] }> {
  const from = Date.now();
  const [row] = await world.watch.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
  const wanted = parseLsn(row?.lsn ?? '0/0');
  for (;;) {
    const slots = await world.watch.slots();
    const behind = world.streams.filter(({ name }) => (slots.get(name) ?? 0n) < wanted);
    const ms = Date.now() - from;
    if (behind.length === 0) return { ms, problems: [] };
    if (ms > SLOT_MS)
      return { ms, problems: [`I6: slots of ${behind.map(({ name }) => name).join(', ')} stand still for ${SLOT_MS / 1000} s`] };
    await sleep(50);
  }
}

/** I11: the catalog says what is. */
async function streaming(world: ChaosWorld): Promise<string[]> {
  let other: { name: string; state: string; state_reason: string }[] = [];
  for (const until = Date.now() + STATE_MS; Date.now() < until; await sleep(100)) {
    other = await world.fixture.sql<{ name: string; state: string; state_reason: string }>(
      `SELECT name, state, state_reason FROM stream WHERE state NOT IN ('streaming', 'retired')`,
    );
    if (other.length === 0) return [];
  }
  return other.map(({ name, state, state_reason }) => `I11: ${name} is ${state} in the catalog: ${state_reason}`);
}

/** I9: the dead letters are the poison, all of it, with payload, error and attempts; nothing else. */
async function letters(world: ChaosWorld): Promise<string[]> {
  const poison = (world.poisoned.get('orders') ?? []).join(' ');
  const problem = async () => {
    const rows = await world.fixture.sql<{ key_text: string; attempt_count: number; whole: boolean }>(
      `SELECT key_text, attempt_count, input IS NOT NULL AND output IS NOT NULL AND error_message IS NOT NULL AS whole
       FROM dead_letter ORDER BY commit_lsn, seq`,
    );
    const keys = rows.map(({ key_text }) => Number(JSON.parse(key_text).id)).join(' ');
    if (keys !== poison) return `I9: dead letters of ${keys || 'nothing'}, poison was ${poison}`;
    return rows.every(({ attempt_count, whole }) => whole && attempt_count >= 2) ? null : 'I9: a dead letter is not complete';
  };
  let found = await problem();
  for (const until = Date.now() + CATCH_UP_MS; found && Date.now() < until; found = await problem()) await sleep(100);
  return found ? [found] : [];
}
