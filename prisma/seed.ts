import { hostname } from 'node:os';
import { stopListening } from '@/core/catalog/answers';
import { catalog, closeCatalog } from '@/core/catalog/client';
import { readActor } from '@/core/catalog/people';
import { register as registerTarget } from '@/core/control/sink-targets/register';
import { update as updateTarget } from '@/core/control/sink-targets/update';
import { approve } from '@/core/control/slots/approve';
import { register as registerSource } from '@/core/control/sources/register';
import { update as updateSource } from '@/core/control/sources/update';
import { request } from '@/core/control/streams/request';
import type { PersonActor } from '@/core/policy/roles';
import { hashPassword } from '@/core/secrets/password';
import type { SealContext } from '@/core/secrets/seal';
import type { SinkTargetInput } from '@/core/spec/sink-target';
import type { SourceDatabaseInput } from '@/core/spec/source-database';
import type { StreamSpecInput } from '@/core/spec/stream-spec';
import { DEMO_PASSWORD, SIGN_INS } from '@/local/sign-ins';
import { loadOrCreateKey, type WorkerKey } from '@/worker/secrets/key-file';
import { openSecret } from '@/worker/secrets/open-secret';

/**
 * Adds what is missing and leaves what is there, so that it can run at every start. People and teams are written here; whatever
 * a verb exists for goes through that verb, so that audit trail and timeline tell the truth.
 */
async function seed(): Promise<void> {
  const { SPILLWAY_ADMIN_EMAIL, SPILLWAY_ADMIN_PASSWORD, SPILLWAY_DEMO } = process.env;
  if (SPILLWAY_ADMIN_EMAIL && SPILLWAY_ADMIN_PASSWORD)
    await ensurePerson(
      { email: SPILLWAY_ADMIN_EMAIL.trim().toLowerCase(), name: 'Platform admin', role: 'platform admin' },
      SPILLWAY_ADMIN_PASSWORD,
    );
  if (SPILLWAY_DEMO !== '1') return;
  for (const person of DEMO_PEOPLE) await ensurePerson(person, DEMO_PASSWORD);
  const pat = await actorOf('pat@platform.example');
  const bea = await actorOf('bea@shop.example');
  const key = await registerWorkerKey();
  await ensureSource(pat, key);
  await ensureTargets(pat, key);
  await ensureOrders(bea, pat);
  await ensureCustomers(bea);
}

interface Person {
  readonly email: string;
  readonly name: string;
  readonly role: (typeof SIGN_INS)[number]['role'];
  readonly team?: string | undefined;
}

/** Beside those that the launcher prints: a second team's lead, and a second admin, for what one admin alone may not decide. */
const DEMO_PEOPLE: readonly Person[] = [
  ...SIGN_INS,
  { email: 'lee@billing.example', name: 'Lee Lang', role: 'team lead', team: 'billing' },
  { email: 'pia@platform.example', name: 'Pia Pohl', role: 'platform admin' },
];

async function ensurePerson({ email, name, role, team: slug }: Person, password: string): Promise<void> {
  if (await catalog().user.findUnique({ where: { email }, select: { id: true } })) return;
  const platformRole = role === 'platform admin' ? 'platform_admin' : role === 'auditor' ? 'auditor' : 'none';
  const passwordHash = await hashPassword(password);
  await catalog().$transaction(async (tx) => {
    const { id: userId } = await tx.user.create({ data: { email, name, platformRole, passwordHash }, select: { id: true } });
    if (!slug) return;
    const teamName = slug.charAt(0).toUpperCase() + slug.slice(1);
    const { id: teamId } = await tx.team.upsert({ where: { slug }, create: { slug, name: teamName }, update: {}, select: { id: true } });
    await tx.membership.create({
      data: { userId, teamId, role: role === 'team lead' ? 'team_lead' : 'builder' },
      select: { userId: true },
    });
  });
}

async function actorOf(email: string): Promise<PersonActor> {
  const user = await catalog().user.findUniqueOrThrow({ where: { email }, select: { id: true } });
  const actor = await readActor(user.id);
  if (!actor) throw new Error(`${email} is disabled, so the demo cannot be seeded in that name`);
  return actor;
}

/** The worker's public key must be known before secrets can be sealed; the worker itself may start later. */
async function registerWorkerKey(): Promise<WorkerKey> {
  const key = loadOrCreateKey(required('SPILLWAY_WORKER_KEY_FILE'));
  const id = process.env.SPILLWAY_WORKER_ID ?? hostname();
  // Long ago: a heartbeat of now would say that a worker is there to answer questions.
  const never = new Date(0);
  await catalog().worker.upsert({
    where: { id },
    create: { id, instanceId: 'seed', publicKey: key.publicKey, host: hostname(), startedAt: never, heartbeatAt: never },
    update: { publicKey: key.publicKey },
    select: { id: true },
  });
  return key;
}

async function ensureSource(pat: PersonActor, key: WorkerKey): Promise<void> {
  const wanted: SourceDatabaseInput = {
    name: 'shop',
    host: required('SPILLWAY_DEMO_SOURCE_HOST'),
    port: Number(required('SPILLWAY_DEMO_SOURCE_PORT')),
    database: required('SPILLWAY_DEMO_SOURCE_DATABASE'),
    username: required('SPILLWAY_DEMO_SOURCE_USER'),
    password: required('SPILLWAY_DEMO_SOURCE_PASSWORD'),
    standbys: [],
    tlsMode: 'disable',
    slotLimit: 10,
  };
  const present = await catalog().sourceDatabase.findUnique({ where: { name: wanted.name } });
  if (!present) {
    await registerSource.call(pat, wanted);
    return;
  }
  const same = (['host', 'port', 'database', 'username'] as const).every((field) => present[field] === wanted[field]);
  const context: SealContext = { kind: 'source', id: present.id, version: present.secretVersion };
  if (same && opens(present.sealedSecret, key, context, wanted.password)) return;
  await updateSource.call(pat, { ...wanted, slotLimit: present.slotLimit, tlsMode: present.tlsMode, sourceId: present.id });
}

async function ensureTargets(pat: PersonActor, key: WorkerKey): Promise<void> {
  await ensureTarget(pat, key, { name: 'event-log', config: { type: 'EventLog', store: 'catalog' } });
  await ensureTarget(pat, key, {
    name: 'receiver',
    config: {
      type: 'Http',
      url: `${required('SPILLWAY_DEMO_RECEIVER_URL').replace(/\/$/, '')}/events`,
      allowPrivateNetwork: true,
      timeoutMs: 10_000,
    },
    secret: required('SPILLWAY_DEMO_RECEIVER_SECRET'),
  });
  const brokers = process.env.KAFKA_BROKERS?.split(',').map((broker) => broker.trim());
  if (brokers) await ensureTarget(pat, key, { name: 'kafka-local', config: { type: 'Kafka', brokers, tls: false } });
}

/** Only an address or a secret that is not the demo's any more is corrected; what people changed besides stays. */
async function ensureTarget(pat: PersonActor, key: WorkerKey, wanted: SinkTargetInput): Promise<void> {
  const present = await catalog().sinkTarget.findUnique({ where: { name: wanted.name } });
  if (!present) {
    await registerTarget.call(pat, wanted);
    return;
  }
  const context: SealContext = { kind: 'sink-target', id: present.id, version: present.secretVersion };
  const address = (config: unknown) => JSON.stringify([(config as { url?: unknown }).url, (config as { brokers?: unknown }).brokers]);
  const secretHolds = !wanted.secret || opens(present.sealedSecret, key, context, wanted.secret);
  if (secretHolds && address(present.config) === address(wanted.config)) return;
  const { url, brokers } = wanted.config as { url?: string; brokers?: string[] };
  const config = { ...(present.config as object), ...(url ? { url } : {}), ...(brokers ? { brokers } : {}) };
  await updateTarget.call(pat, { ...wanted, config, targetId: present.id });
}

function opens(sealed: string | null, key: WorkerKey, context: SealContext, expected: string | undefined): boolean {
  if (!sealed) return false;
  try {
    return openSecret(sealed, key.privateKey, context) === expected;
  } catch {
    return false; // sealed for a key that is gone
  }
}

const ORDERS: StreamSpecInput = {
  applicationId: 'shop-orders',
  source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: 'orders' }, snapshot: 'initial' },
  flow: { type: 'DebeziumEnvelope', decimalHandlingMode: 'string' },
  sink: { type: 'Http', target: 'receiver' },
  recovery: { type: 'DeadLetter', keyOrder: 'park', maxAttempts: 3 },
};

const CUSTOMERS: StreamSpecInput = {
  applicationId: 'shop-customers',
  source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: 'customers' }, snapshot: 'initial' },
  flow: { type: 'DebeziumEnvelope', decimalHandlingMode: 'string' },
  sink: { type: 'EventLog', target: 'event-log' },
  recovery: { type: 'DeadLetter' },
};

const DEMO_BUDGET_BYTES = 256 * 1024 * 1024;

async function ensureOrders(bea: PersonActor, pat: PersonActor): Promise<void> {
  const reason = 'The receiver shows each order as it changes; fulfilment starts from it.';
  await ensureRequested(bea, ORDERS, reason);
  // Also after a seed that ended between the two steps; a request of a later revision is for a person to decide.
  const pending = await catalog().slotRequest.findFirst({
    where: { status: 'pending', reason, stream: { name: ORDERS.applicationId, desired: 'none' } },
    select: { id: true },
  });
  if (pending)
    await approve.call(pat, { requestId: pending.id, walBudgetBytes: DEMO_BUDGET_BYTES, reason: 'Small table, steady rate, one slot.' });
}

async function ensureCustomers(bea: PersonActor): Promise<void> {
  await ensureRequested(
    bea,
    CUSTOMERS,
    'Marketing wants to know of new and changed customers within a minute instead of the nightly export.',
  );
}

/** A stream of that name, retired or not, is somebody's decision: it is not made again. */
async function ensureRequested(bea: PersonActor, spec: StreamSpecInput, reason: string): Promise<void> {
  if (await catalog().stream.findFirst({ where: { name: spec.applicationId }, select: { id: true } })) return;
  const team = bea.teams.find(({ slug }) => slug === 'shop');
  if (!team) return;
  await request.call(bea, { teamId: team.id, spec, reason });
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the demo's seed needs ${name}`);
  return value;
}

try {
  await seed();
} finally {
  await Promise.all([closeCatalog(), stopListening()]);
}
