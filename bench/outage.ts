import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { type Ports, secrets, stateFolder } from '../local/state';

/**
 * The outage run against a live demo: traffic for --minutes, the receiver answering 503 for the middle --down minutes.
 * Prints what was committed and did not arrive, duplicates, the highest and final retained WAL as the server's own catalog
 * says, how long after the outage it took to fall under two segments, and the portal's figure beside the server's.
 * Exit code 1 when anything is lost. Needs the demo running: `npm start`, then in another shell `npm run outage`.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    down: { type: 'string', default: '10' },
    rate: { type: 'string', default: '20' },
    stream: { type: 'string', default: 'shop-orders' },
  },
});
const folder = stateFolder(join(import.meta.dirname, '..'));
const at = JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8')) as Ports;
const { shopPassword, catalogPassword } = secrets(folder);
const shopUrl = `postgres://postgres:${encodeURIComponent(shopPassword)}@127.0.0.1:${at.shop}/shop`;
const catalogUrl =
  process.env.DATABASE_URL ?? `postgres://postgres:${encodeURIComponent(catalogPassword)}@127.0.0.1:${at.catalog}/spillway`;
const receiverUrl = `http://127.0.0.1:${at.receiver}`;
const SEGMENT = 16 * 1024 * 1024;

const shop = new pg.Client({ connectionString: shopUrl });
const catalog = new pg.Client({ connectionString: catalogUrl });
await Promise.all([shop.connect(), catalog.connect()]);

const post = async (path: string, body: unknown): Promise<void> => {
  const response = await fetch(new URL(path, receiverUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
};
const receiver = async (): Promise<{ duplicates: number; unique: number; turnedAway: number }> =>
  (await fetch(new URL('/api/state', receiverUrl))).json();
const slotName = (
  await catalog.query<{ slot_name: string }>('select slot_name from provision p join stream s on s.id = p.stream_id where s.name = $1', [
    values.stream,
  ])
).rows[0]?.slot_name;
if (!slotName) throw new Error(`--stream: "${values.stream}" has no slot; is it streaming?`);

const retained = async (): Promise<number> =>
  Number(
    (
      await shop.query<{ bytes: string }>(
        'select pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) as bytes from pg_replication_slots where slot_name = $1',
        [slotName],
      )
    ).rows[0]?.bytes,
  );
const portalRetained = async (): Promise<number> =>
  Number(
    (await catalog.query<{ bytes: string }>('select retained_bytes as bytes from slot_observation where slot_name = $1', [slotName]))
      .rows[0]?.bytes,
  );

let peak = 0;
async function watch(seconds: number, label: string): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    const [server, portal, { unique, turnedAway }] = await Promise.all([retained(), portalRetained(), receiver()]);
    peak = Math.max(peak, server);
    console.log(
      `${label} ${Math.round((until - Date.now()) / 1000)} s left: retained WAL ${mib(server)} (portal ${mib(portal)}), ${unique} events, ${turnedAway} requests turned away`,
    );
    await wait(Math.min(15_000, Math.max(0, until - Date.now())));
  }
}
const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

const total = Number(values.minutes) * 60;
const down = Number(values.down) * 60;
await post('/api/behaviour', { mode: 'accepting', knowsXk: true });
await post('/api/rate', { rate: Number(values.rate) });
const started = (await shop.query<{ now: string }>('select now()::text as now')).rows[0]?.now;
const before = await receiver();
await watch((total - down) / 2, 'before');
await post('/api/behaviour', { mode: 'failing' });
await watch(down, 'receiver failing');
await post('/api/behaviour', { mode: 'accepting' });
const back = Date.now();
while ((await retained()) > 2 * SEGMENT && Date.now() - back < 300_000) await wait(500);
const drained = (Date.now() - back) / 1000;
console.log(`retained WAL under two segments ${drained.toFixed(1)} s after the receiver came back`);
await watch((total - down) / 2 - drained, 'after');
await post('/api/rate', { rate: 0 });
await wait(5_000);

const { rows: committed } = await shop.query<{ line: string; order_id: string }>(
  `select order_id::text, case operation when 'delete' then 'd/' || order_id else case operation when 'insert' then 'c' else 'u' end || '/' || order_id || '/' || version end as line
   from orders_history where committed_at > $1::timestamptz`,
  [started],
);
const ledger = ((await (await fetch(new URL('/api/ledger', receiverUrl))).json()) as string[]).map((line) => {
  const [, op, key, version] = line.split('/') as [string, string, string, string];
  const id = (JSON.parse(key) as { id: number }).id;
  return op === 'd' ? `d/${id}` : `${op}/${id}/${version}`;
});
const arrived = new Set(ledger);
const letters = new Set(
  (
    await catalog.query<{ key: string }>(
      `select distinct key_text as key from dead_letter d join stream s on s.id = d.stream_id where s.name = $1 and d.status in ('open', 'parked', 'replaying')`,
      [values.stream],
    )
  ).rows.map(({ key }) => String((JSON.parse(key) as { id: number }).id)),
);
const lost = committed.filter(({ line, order_id }) => !arrived.has(line) && !letters.has(order_id));
let reordered = 0;
const versions = new Map<string, number>();
for (const line of ledger) {
  const [op, id, version] = line.split('/') as [string, string, string | undefined];
  if (op === 'd' || version === undefined) continue;
  if (Number(version) < (versions.get(id) ?? 0)) reordered++;
  versions.set(id, Math.max(Number(version), versions.get(id) ?? 0));
}
const after = await receiver();
const [server, portal] = [await retained(), await portalRetained()];
console.log(
  JSON.stringify(
    {
      minutes: Number(values.minutes),
      receiverDownMinutes: Number(values.down),
      committed: committed.length,
      lost: lost.length,
      reordered,
      duplicates: after.duplicates - before.duplicates,
      peakRetained: mib(peak),
      secondsToTwoSegments: Number(drained.toFixed(1)),
      finalRetainedServer: mib(server),
      finalRetainedPortal: mib(portal),
    },
    null,
    2,
  ),
);
await Promise.all([shop.end(), catalog.end()]);
if (lost.length > 0 || reordered > 0) {
  console.error('lost:', lost.slice(0, 10));
  process.exitCode = 1;
}
