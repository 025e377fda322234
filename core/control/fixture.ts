import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { catalog, closeCatalog } from '@/core/catalog/client';
import { readActor } from '@/core/catalog/people';
import type { LetterStatus } from '@/core/dto/dead-letter';
import type { DesiredState, StreamState } from '@/core/lifecycle/stream-state';
import type { PersonActor, PlatformRole, TeamRole } from '@/core/policy/roles';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';
import { catalogDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { register as registerTarget } from './sink-targets/register';
import { register as registerSource } from './sources/register';
import { request } from './streams/request';

/** Long enough to be found nowhere by chance. */
export const CANARY = 'canary-hunter2-5f0c9b';

let database: TestDatabase | undefined;

/** A catalog database of this test file's own, for as long as `closeWorld` was not called. */
export async function openWorld(): Promise<World> {
  database = await catalogDatabase();
  process.env.DATABASE_URL = database.url;
  return makeWorld();
}

export async function closeWorld(): Promise<void> {
  await closeCatalog();
  await database?.drop();
}

/** Two teams, one person of each role, a worker's key, a source and sink targets. */
async function makeWorld() {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const long = new Date(0);
  await catalog().worker.create({ data: { id: 'w', instanceId: 'i', publicKey: spki, host: 'h', startedAt: long, heartbeatAt: long } });
  const own = await catalog().team.create({ data: { slug: 'own', name: 'Own' } });
  const other = await catalog().team.create({ data: { slug: 'other', name: 'Other' } });
  const people = {
    builder: await makePerson('bea', 'none', own.id, 'builder'),
    lead: await makePerson('lena', 'none', own.id, 'team_lead'),
    'foreign builder': await makePerson('ben', 'none', other.id, 'builder'),
    'foreign lead': await makePerson('lee', 'none', other.id, 'team_lead'),
    admin: await makePerson('pat', 'platform_admin'),
    'second admin': await makePerson('pia', 'platform_admin'),
    auditor: await makePerson('aud', 'auditor'),
  };
  const { sourceId } = await registerSource.call(people.admin, sourceInput('shop'));
  const { targetId } = await registerTarget.call(people.admin, { name: 'event-log', config: { type: 'EventLog' } });
  return {
    own,
    other,
    people,
    sourceId,
    targetId,
    workerKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  };
}
export type World = Awaited<ReturnType<typeof makeWorld>>;

export async function makePerson(name: string, platformRole: PlatformRole, teamId?: string, role?: TeamRole): Promise<PersonActor> {
  const membership = teamId && role ? { memberships: { create: { teamId, role } } } : {};
  const user = await catalog().user.create({ data: { email: `${name}@example.test`, name, platformRole, ...membership } });
  const actor = await readActor(user.id);
  if (!actor) throw new Error('a person was made and is not there');
  return actor;
}

export function sourceInput(name: string) {
  return {
    name,
    host: 'db.example',
    port: 5432,
    database: 'shop',
    username: 'spillway',
    tlsMode: 'require',
    password: CANARY,
    slotLimit: 1000,
  };
}

let made = 0;
export function freshName(): string {
  made += 1;
  return `s${made}-${randomBytes(3).toString('hex')}`;
}

export function specOf(applicationId: string, table = 'orders'): StreamSpec {
  return streamSpec.parse({
    applicationId,
    source: { type: 'PostgresLogicalReplication', database: 'shop', table: { name: table } },
    flow: { type: 'DebeziumEnvelope' },
    sink: { type: 'EventLog', target: 'event-log' },
    recovery: { type: 'DeadLetter' },
  });
}

/** A stream of the team `own` that waits for approval, requested by its builder. */
export async function requestStream(world: World, name = freshName()) {
  const asked = await request.call(world.people.builder, { teamId: world.own.id, spec: specOf(name), reason: 'needed for the test' });
  return { ...asked, name };
}

/** The same, moved to where a worker would have brought it. */
export async function runStream(
  world: World,
  { state = 'streaming', desired = 'running' }: { state?: StreamState; desired?: DesiredState } = {},
) {
  const stream = await requestStream(world);
  const found = await catalog().stream.update({ where: { id: stream.streamId }, data: { state, desired } });
  await catalog().slotRequest.update({
    where: { id: stream.requestId },
    data: { status: 'approved', decidedBy: 'pat', decidedAt: new Date(), walBudgetBytes: 2n ** 28n },
  });
  return { ...stream, revisionId: found.currentRevisionId ?? '' };
}

let position = 1n;

/** A dead letter of a stream, later than every one made before. */
export async function makeLetter(
  stream: { streamId: string; revisionId: string },
  {
    key = '{"id":1}',
    status = 'open',
    fingerprint = 'f1',
  }: { key?: string | null; status?: LetterStatus; fingerprint?: string | null } = {},
): Promise<string> {
  position += 1n;
  const letter = await catalog().deadLetter.create({
    data: {
      streamId: stream.streamId,
      revisionId: stream.revisionId,
      eventId: `7/0/${position}`,
      keyText: key,
      commitLsn: position,
      seq: 0,
      op: 'u',
      schemaName: 'public',
      tableName: 'orders',
      input: { op: 'u' },
      status,
      fingerprint: status === 'parked' ? null : fingerprint,
      errorClass: 'HttpStatus',
      errorMessage: 'HTTP 422',
    },
  });
  return letter.id;
}
