import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';

/** Folder in which an instance of the launcher keeps its ports, secrets, logs and databases. */
export function stateFolder(root: string): string {
  const folder = resolve(root, process.env.SPILLWAY_STATE_DIR ?? '.spillway');
  // Not 0700: Postgres may run as another user, whose data folder is in it. What is secret has a mode of its own.
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}

export interface Secrets {
  nextAuth: string;
  /** Superusers of the two clusters. */
  catalogPassword: string;
  shopPassword: string;
  /** The role that streams read the shop with. */
  sourcePassword: string;
  /** Standard Webhooks secret shared by the HTTP sink target and the demo receiver. */
  receiver: string;
}

/** The instance's secrets, made up at the first start and kept in a file that only its owner can read. */
export function secrets(folder: string): Secrets {
  const file = join(folder, 'secrets.json');
  const known: Partial<Secrets> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const all: Secrets = {
    nextAuth: randomBytes(32).toString('base64url'),
    catalogPassword: randomBytes(18).toString('base64url'),
    shopPassword: randomBytes(18).toString('base64url'),
    sourcePassword: randomBytes(18).toString('base64url'),
    receiver: `whsec_${randomBytes(24).toString('base64')}`,
    ...known,
  };
  writePrivately(file, `${JSON.stringify(all, null, 2)}\n`);
  return all;
}

/** File with the worker's private key (base64 PKCS8 X25519), made at the first start. */
export function workerKeyFile(folder: string): string {
  const file = join(folder, 'worker.key');
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('x25519');
    writePrivately(file, `${privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')}\n`);
  }
  return file;
}

function writePrivately(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text, { mode: 0o600 });
  renameSync(unfinished, file);
}

export interface Ports {
  portal: number;
  catalog: number;
  shop: number;
  receiver: number;
  kafka: number;
  kafkaController: number;
}

const FIRST_CHOICE: Ports = { portal: 3000, catalog: 5540, shop: 5541, receiver: 3010, kafka: 19092, kafkaController: 19093 };

/**
 * Ports of this instance: those of the last start while they are free (or held by what `isOurs` says), else the next free
 * ones. They stay the same over restarts because the catalog names the shop's and the receiver's.
 */
export async function ports(folder: string, isOurs: (name: keyof Ports) => boolean): Promise<Ports> {
  const file = join(folder, 'ports.json');
  const known: Partial<Ports> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const wanted: Ports = { ...FIRST_CHOICE, ...known };
  if (process.env.SPILLWAY_PORT) wanted.portal = Number(process.env.SPILLWAY_PORT);
  const chosen: Ports = { ...wanted };
  const taken = new Set<number>();
  for (const name of Object.keys(FIRST_CHOICE) as (keyof Ports)[]) {
    let port = wanted[name];
    while (taken.has(port) || !(isOurs(name) || (await isFree(port)))) {
      if (name === 'portal' && process.env.SPILLWAY_PORT) throw new Error(`port ${port} (SPILLWAY_PORT) is in use`);
      port++;
    }
    chosen[name] = port;
    taken.add(port);
  }
  writeFileSync(file, `${JSON.stringify(chosen, null, 2)}\n`);
  return chosen;
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}
