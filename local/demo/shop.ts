import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { oneTransaction } from './shop-traffic';

/**
 * The demo shop: writes realistic traffic to the source database at the rate kept in demo_setting
 * (transactions per second, changeable at any time; 0 stops it). Survives restarts of Postgres.
 */
const url = process.env.SPILLWAY_DEMO_SHOP_URL;
if (!url) throw new Error('SPILLWAY_DEMO_SHOP_URL is not set: give the URL of the shop database');

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => (stopping = true));

async function trade(): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'demo-shop', keepAlive: true });
  client.on('error', () => undefined); // the next query rejects; the loop below reconnects
  await client.connect();
  await client.query('set role shop_owner');
  let rate = 0;
  let rateReadAt = 0;
  let due = performance.now();
  try {
    while (!stopping) {
      if (performance.now() - rateReadAt > 1000) {
        rate = (await client.query<{ rate: number }>('select transactions_per_second as rate from demo_setting')).rows[0]?.rate ?? 0;
        rateReadAt = performance.now();
      }
      const now = performance.now();
      if (rate <= 0 || due > now) {
        await wait(Math.min(200, rate <= 0 ? 200 : due - now));
        if (rate <= 0) due = performance.now();
        continue;
      }
      await oneTransaction(client, Math.random);
      // Exponential gaps make a Poisson stream; a backlog of more than a second is forgotten, not caught up with.
      due = Math.max(due, now - 1000) - (Math.log(1 - Math.random()) * 1000) / rate;
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

while (!stopping) {
  try {
    await trade();
  } catch (error) {
    console.error(`shop: ${error instanceof Error ? error.message : String(error)}; trying again in 1 s`);
    await wait(1000);
  }
}
