import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { buildAll } from './build.mjs';
import { forget, startDatabases } from './databases';
import { type Environments, environments } from './environment';
import { ROOT } from './fingerprint.mjs';
import { AlreadyRunning, InstanceLock } from './instance-lock';
import { type Kafka, startLocalKafka } from './kafka';
import { KafkaUnavailable } from './kafka-jars';
import type { KeptCluster } from './kept-cluster';
import { isServing } from './postgres';
import { Service } from './service';
import { DEMO_PASSWORD, signInTable } from './sign-ins';
import { type Ports, ports, secrets, stateFolder } from './state';

const began = performance.now();
const say = (line: string) => console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);

const folder = stateFolder(ROOT);
const lock = new InstanceLock(folder);
const services: Service[] = [];
const clusters: KeptCluster[] = [];
let kafka: Kafka | undefined;
let stoppingSince: number | undefined;
const starting = new AbortController();

/** Portal, worker, demo, then Postgres: nobody loses what it still writes to. */
async function stop(exitCode: number): Promise<never> {
  stoppingSince = performance.now();
  starting.abort();
  say('stopping');
  for (const name of ['portal', 'worker']) await services.find((service) => service.name === name)?.stop(4_000);
  await Promise.all(services.filter(({ name }) => name !== 'portal' && name !== 'worker').map((service) => service.stop(2_000)));
  await Promise.all([kafka?.stop(), ...clusters.map((cluster) => cluster.stop())]);
  lock.release();
  say('stopped');
  process.exit(exitCode);
}

function killAll(): never {
  for (const service of services) service.kill();
  for (const { pid } of clusters) process.kill(pid, 'SIGQUIT');
  console.log('killed; Postgres recovers at the next start');
  process.exit(130);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // npm passes Ctrl-C on to a process that has had it from the terminal already: twice at once is once.
    if (stoppingSince === undefined) void stop(0);
    else if (performance.now() - stoppingSince > 700) killAll();
  });
}

/** Runs prisma/seed.ts, which adds what is missing and leaves what is there. */
async function seed(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, ['dist/seed.mjs'], { cwd: ROOT, env, signal: starting.signal });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trimEnd() : '';
    throw new Error(`the seed failed:\n${output || error}`, { cause: error });
  }
}

/** A broker for the demo when `--kafka` asks for one and none is given. A machine that can not have one starts without. */
async function startKafka(at: Ports): Promise<void> {
  if (!process.argv.includes('--kafka') || process.env.KAFKA_BROKERS) return;
  try {
    kafka = await startLocalKafka({
      folder: join(folder, 'kafka'),
      port: at.kafka,
      controllerPort: at.kafkaController,
      say,
      onStart: (...started) => lock.note(...started),
    });
    say(`Kafka is ready at ${kafka.brokers}`);
  } catch (error) {
    if (!(error instanceof KafkaUnavailable)) throw error;
    say(`without Kafka: ${error.message}`);
  }
}

function startServices(env: Environments, portalPort: number): void {
  const node = process.execPath;
  const next = join(ROOT, 'node_modules/next/dist/bin/next');
  const wanted: [string, string[], NodeJS.ProcessEnv][] = [
    ['worker', [node, 'dist/worker.mjs'], env.worker],
    ['demo-receiver', [node, 'dist/demo-receiver.mjs'], env.receiver],
    ['demo-shop', [node, 'dist/demo-shop.mjs'], env.shop],
    ['portal', [node, next, 'start', '-H', '127.0.0.1', '-p', String(portalPort)], env.portal],
  ];
  for (const [name, command, processEnv] of wanted) {
    const service = new Service({
      name,
      command,
      folder: ROOT,
      env: processEnv,
      logFile: join(folder, `logs/${name}.log`),
      say,
      onStart: (...started) => lock.note(...started),
    });
    services.push(service);
    service.start();
  }
}

/** The portal answers, and it is ours: one that found its port taken would end within half a second. */
async function untilAnswering(url: string): Promise<void> {
  const portal = services.find(({ name }) => name === 'portal');
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await wait(100)) {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (answer && answer.status < 500 && (portal?.upFor ?? 0) > 700) return;
  }
  throw new Error(`${url} did not answer within 60 s; see ${folder}/logs/portal.log`);
}

async function start(): Promise<void> {
  lock.take();
  const left = await lock.stopLeftovers(ROOT);
  if (left.length > 0) say(`stopped what an earlier run left behind: ${left.join(', ')}`);
  if (process.argv.includes('--fresh')) await forget(folder);
  let at = await ports(folder, (name) => (name === 'catalog' || name === 'shop') && isServing(join(folder, name)));
  const secret = secrets(folder);

  const building = buildAll(say, starting.signal);
  building.catch(() => undefined); // looked at below; until then it must not end the process
  const databases = await startDatabases(folder, at, secret, say);
  clusters.push(...databases.clusters);
  say('Postgres is ready');
  await startKafka(at);
  await building;
  say('build is ready');
  // Once more after a build of a minute: somebody may have taken the ports of what is not started yet.
  at = await ports(folder, (name) => name !== 'portal' && name !== 'receiver');
  const addresses = {
    catalog: databases.catalogUrl,
    shop: databases.shopUrl,
    portal: `http://127.0.0.1:${at.portal}`,
    receiver: `http://127.0.0.1:${at.receiver}`,
    kafka: process.env.KAFKA_BROKERS ?? kafka?.brokers,
  };
  const env = environments(addresses, folder, at, secret);
  startServices(env, at.portal);
  // After the worker: what the seed declares is checked and computed by it, as when a person declares it.
  await Promise.all([seed(env.seed), untilAnswering(`${addresses.portal}/sign-in`)]);
  lock.announce(addresses.portal);
  say('ready');
  console.log(`
  Portal             ${addresses.portal}
  Demo receiver      ${addresses.receiver}   (what arrives at the HTTP sink; make it slow, failing or refusing there)
  Shop's rate        node local/shop-rate.mjs 50   (transactions per second; 0 stops it)
  Logs               ${folder}/logs

  Sign in with password ${DEMO_PASSWORD} as
${signInTable()}

  Ctrl-C stops everything.
`);
}

start().catch(async (error: unknown) => {
  if (error instanceof AlreadyRunning) {
    console.error(error.message);
    process.exit(1);
  }
  if (stoppingSince !== undefined) return;
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
});
