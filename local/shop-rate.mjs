// node local/shop-rate.mjs [transactions per second]: shows or sets how fast the demo shop trades.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const folder = resolve(fileURLToPath(new URL('..', import.meta.url)), process.env.SPILLWAY_STATE_DIR ?? '.spillway');
/** @param {string} file */
const state = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const wanted = process.argv[2];
if (wanted !== undefined && !(Number(wanted) >= 0 && Number(wanted) <= 5000)) {
  console.error(`give a rate from 0 to 5000 transactions per second, not ${wanted}`);
  process.exit(1);
}
const client = new pg.Client({
  host: '127.0.0.1',
  port: state('ports.json').shop,
  user: 'postgres',
  password: state('secrets.json').shopPassword,
  database: 'shop',
});
await client.connect();
if (wanted !== undefined) await client.query('update demo_setting set transactions_per_second = $1', [Number(wanted)]);
const { rows } = await client.query('select transactions_per_second as rate from demo_setting');
console.log(`the shop makes ${rows[0].rate} transactions per second`);
await client.end();
