import { type Ports, type Secrets, workerKeyFile } from './state';

type Env = NodeJS.ProcessEnv;

/** The environment of each process. Each gets the secrets that it needs and no others; the portal gets none of a source's or a sink's. */
export interface Environments {
  portal: Env;
  worker: Env;
  shop: Env;
  receiver: Env;
  seed: Env;
}

export interface Addresses {
  /** URL of the catalog, with password. */
  catalog: string;
  /** Superuser's URL of the demo's source database. */
  shop: string;
  portal: string;
  receiver: string;
  /** Comma-separated; undefined when no broker is there. */
  kafka: string | undefined;
}

/** Variables of the person's shell that processes may see besides what the launcher sets. */
const PASSED_ON =
  /^(PATH|HOME|TZ|LANG|LC_ALL|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|LOG_LEVEL|OIDC_[A-Z_]+|SPILLWAY_[A-Z_]+|FAILPOINTS)$/;

export function environments(at: Addresses, folder: string, ports: Ports, secrets: Secrets): Environments {
  const inherited: Env = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', SPILLWAY_DEMO: '1' };
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined && PASSED_ON.test(name)) inherited[name] = value;
  const catalog = { DATABASE_URL: at.catalog };
  const kafka = at.kafka ? { KAFKA_BROKERS: at.kafka } : {};
  const portal = { NEXTAUTH_URL: at.portal, NEXTAUTH_SECRET: secrets.nextAuth, SPILLWAY_DEMO_RECEIVER_URL: at.receiver };
  const worker = { SPILLWAY_WORKER_KEY_FILE: workerKeyFile(folder), SPILLWAY_WORKER_ID: 'local' };
  const shop = { SPILLWAY_DEMO_SHOP_URL: at.shop };
  const receiver = { SPILLWAY_DEMO_RECEIVER_URL: at.receiver, SPILLWAY_DEMO_RECEIVER_SECRET: secrets.receiver };
  const source = {
    SPILLWAY_DEMO_SOURCE_HOST: '127.0.0.1',
    SPILLWAY_DEMO_SOURCE_PORT: String(ports.shop),
    SPILLWAY_DEMO_SOURCE_DATABASE: 'shop',
    SPILLWAY_DEMO_SOURCE_USER: 'spillway',
    SPILLWAY_DEMO_SOURCE_PASSWORD: secrets.sourcePassword,
  };
  return {
    portal: { ...inherited, ...catalog, ...portal },
    worker: { ...inherited, ...catalog, ...worker, ...kafka },
    shop: { ...inherited, ...shop },
    receiver: { ...inherited, ...shop, ...receiver },
    seed: { ...inherited, ...catalog, ...portal, ...worker, ...shop, ...receiver, ...source, ...kafka },
  };
}
