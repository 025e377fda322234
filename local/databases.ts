import { join } from 'node:path';
import { ensureShop } from './demo/shop-schema';
import { type KeptCluster, keepCluster } from './kept-cluster';
import { migrate } from './migrate';
import { removeCluster } from './postgres';
import type { Ports, Secrets } from './state';

export interface Databases {
  catalogUrl: string;
  shopUrl: string;
  clusters: KeptCluster[];
}

/** Begins anew: stops the servers that a killed run left in this state folder, and removes their data. */
export async function forget(folder: string): Promise<void> {
  for (const name of ['catalog', 'shop', 'kafka']) await removeCluster(join(folder, name));
}

/**
 * Starts the demo's two servers and makes their databases ready. Two, because a source is somebody else's server: its WAL
 * must not hold the catalog's. With DATABASE_URL set the catalog is that one, and only the shop is started.
 */
export async function startDatabases(folder: string, ports: Ports, secrets: Secrets, say: (line: string) => void): Promise<Databases> {
  const [catalog, shop] = await Promise.all([
    process.env.DATABASE_URL
      ? undefined
      : keepCluster({
          name: 'catalog',
          dir: join(folder, 'catalog'),
          port: ports.catalog,
          password: secrets.catalogPassword,
          logFile: join(folder, 'logs/catalog.log'),
          say,
        }),
    keepCluster({
      name: 'shop',
      dir: join(folder, 'shop'),
      port: ports.shop,
      password: secrets.shopPassword,
      settings: { max_slot_wal_keep_size: '1GB' },
      logFile: join(folder, 'logs/shop.log'),
      say,
    }),
  ]);
  const catalogUrl = process.env.DATABASE_URL ?? catalog?.url('spillway') ?? '';
  const clusters = [catalog, shop].filter((cluster) => cluster !== undefined);
  for (const { port, adopted } of clusters) {
    if (adopted) say(`took over the Postgres that an earlier run left behind on port ${port}`);
  }
  await Promise.all([
    (async () => {
      const applied = await migrate(catalogUrl);
      say(applied.length > 0 ? `applied ${applied.length} migration${applied.length > 1 ? 's' : ''}` : 'catalog is up to date');
    })(),
    (async () => {
      await shop.createDatabase('shop');
      await ensureShop(shop.url('shop'), secrets.sourcePassword);
    })(),
  ]);
  return { catalogUrl, shopUrl: shop.url('shop'), clusters };
}
