import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { slotNameFor } from '@/core/postgres/identifiers';
import { streamSpec } from '@/core/spec/stream-spec';
import { migrate } from '@/local/migrate';
import { Receiver } from '@/worker/pipeline/test-harness';
import { type CatalogFixture, catalogFixture } from '@/worker/supervisor/fixture';
import { compileWorker, type RunningWorker, until } from '@/worker/supervisor/fixture-worker';
import { judge } from '../invariants';
import { createOracleTable, Oracle } from '../oracle';
import { startPostgres } from '../postgres';
import { PatroniCluster, requirePatroni } from './patroni-cluster';

/**
 * The real Patroni loses its leader under a stream with rows pending: `npm run patroni-failover`. Not part of the tests, because it
 * needs packages of Debian. Prints figures; exit code 1 when anything was lost or a person would have been needed.
 */
async function main(): Promise<void> {
  requirePatroni();
  const began = Date.now();
  const [cluster, catalogServer, receiver] = await Promise.all([PatroniCluster.start(), startPostgres(), Receiver.start()]);
  const catalogUrl = await catalogServer.createDatabase('catalog');
  await migrate(catalogUrl);
  const fixture = await catalogFixture({ url: catalogUrl, name: 'catalog', drop: async () => undefined });
  const compiled = await compileWorker(fixture.key.privateKey);
  try {
    say(`cluster of ${cluster.members.length} up after ${seconds(began)}`);
    await failover(cluster, fixture, receiver, () => compiled.start({ catalogUrl }));
  } finally {
    await compiled.remove();
    await fixture.drop();
    await Promise.all([receiver.stop(), catalogServer.stop(), cluster.stop()]);
  }
}

async function failover(cluster: PatroniCluster, fixture: CatalogFixture, receiver: Receiver, startWorker: () => RunningWorker) {
  let leader = await cluster.leader(30_000);
  const other = cluster.members.find((member) => member !== leader);
  if (!other) throw new Error('the cluster has one member only');
  await createOracleTable(cluster.url(leader), 'orders');
  const sourceId = await fixture.addSource('shop', cluster.url(leader));
  // The REST address of the member that stays: slots are dropped through it at the end.
  await fixture.sql('UPDATE source_database SET standbys = $2, patroni_url = $3 WHERE id = $1', [
    sourceId,
    JSON.stringify([{ host: '127.0.0.1', port: other.port }]),
    other.restUrl,
  ]);
  await fixture.addHttpTarget('to', receiver.url);
  let worker = startWorker();
  const wait = (what: string, check: () => Promise<boolean>, patience = 60) =>
    until(
      what,
      check,
      async () =>
        `${JSON.stringify(await fixture.sql('SELECT s.state, s.state_reason, o.failover_verdict FROM stream s LEFT JOIN slot_observation o ON o.stream_id = s.id'))}\n${worker.output().slice(-3000)}`,
      patience,
    );
  const stream = async (id: string) => (await fixture.sql('SELECT state, desired FROM stream WHERE id = $1', [id]))[0] ?? {};

  const askedAt = Date.now();
  const id = await fixture.addApprovedStream(
    streamSpec.parse({
      applicationId: 'orders',
      source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: 'orders' }, snapshot: 'no_data' },
      flow: { type: 'DebeziumEnvelope' },
      sink: { type: 'Http', target: 'to', maxBatchSize: 100 },
      recovery: { type: 'None' },
    }),
  );
  const slotName = slotNameFor('orders', id);
  await wait('streaming', async () => (await stream(id)).state === 'streaming');
  say(`streaming through a slot that Patroni made, ${seconds(askedAt)} after approval`);
  await wait('Patroni’s copy on the other member', async () => {
    const rows = await fixture.sql(`SELECT 1 FROM slot_observation WHERE stream_id = $1 AND failover_verdict ->> 'state' = 'ready'`, [id]);
    return rows.length === 1;
  });
  say(`its copy is seen on the other member, ${seconds(askedAt)} after approval`);

  const oracle = new Oracle({
    get url() {
      return cluster.url(leader);
    },
    table: 'orders',
    seed: 14,
    keys: 300,
    pauseMs: 2,
  });
  await oracle.run(200);
  await wait('what was written', async () => distinct(receiver) >= oracle.committed.length);
  // Patroni moves the copy along once in a loop.
  await sleep(5_000);
  receiver.down = true;
  const before = oracle.committed.length;
  await oracle.run(50);
  const pending = oracle.committed.length - before;
  const dead = leader;
  const diedAt = Date.now();
  await cluster.kill9(dead);
  receiver.down = false;
  leader = await cluster.leader(60_000);
  say(`leader killed with ${pending} events pending; ${leader.name} is leader after ${seconds(diedAt)}`);
  await oracle.run(50);
  await wait('everything', async () => distinct(receiver) >= oracle.committed.length);
  say(`everything delivered ${seconds(diedAt)} after the kill, nobody helped`);
  await oracle.close();
  const verdict = judge(oracle.committed, receiver.arrivals);
  say(`${oracle.committed.length} events committed, ${verdict.problems.length} problems, ${verdict.duplicates} came twice`);
  if (verdict.problems.length > 0) throw new Error(verdict.problems.join('\n'));
  await wait('streaming again', async () => (await stream(id)).state === 'streaming');

  // A slot that nobody reads for several of Patroni's loops stays, because Patroni knows it.
  await worker.end('SIGTERM');
  await sleep(8_000);
  if (!(await slotsOf(cluster.url(leader))).includes(slotName)) throw new Error('Patroni dropped the slot while the worker was away');
  worker = startWorker();
  await wait('streaming after the pause', async () => (await stream(id)).state === 'streaming');
  say('the slot outlived 8 s without a reader');
  const retiredAt = Date.now();
  await fixture.sql(`UPDATE stream SET desired = 'retired' WHERE id = $1`, [id]);
  await wait('retired', async () => (await stream(id)).state === 'retired');
  if ((await slotsOf(cluster.url(leader))).includes(slotName)) throw new Error('the slot is still there');
  say(`retired through Patroni in ${seconds(retiredAt)}`);
}

async function slotsOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ slot_name: string }>(`SELECT slot_name FROM pg_replication_slots WHERE slot_type = 'logical'`);
  await client.end();
  return rows.map(({ slot_name }) => slot_name);
}

const distinct = ({ arrivals }: Receiver) => new Set(arrivals.map(({ eventId }) => eventId)).size;
const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const say = (line: string) => process.stdout.write(`patroni-failover: ${line}\n`);

main().then(
  () => process.exit(0),
  (thrown: unknown) => {
    process.stderr.write(`patroni-failover: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
    process.exit(1);
  },
);
