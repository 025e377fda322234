import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalog } from '@/core/catalog/client';
import { getSinkTarget, listSinkTargets } from '@/core/catalog/sink-targets';
import { getSource, listSources } from '@/core/catalog/sources';
import type { SpillwayError } from '@/core/errors';
import { parseSealContext } from '@/core/secrets/seal';
import { openSecret } from '@/worker/secrets/open-secret';
import { CANARY, closeWorld, freshName, openWorld, requestStream, sourceInput, type World } from './fixture';
import { askAdmin } from './inspections/ask-admin';
import { register as registerTarget } from './sink-targets/register';
import { update as updateTarget } from './sink-targets/update';
import { register as registerSource } from './sources/register';
import { remove as removeSource } from './sources/remove';
import { update as updateSource } from './sources/update';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(closeWorld);

const failure = (called: Promise<unknown>) =>
  called.then(
    () => undefined,
    (error: SpillwayError) => error,
  );
const SECRET_PROBLEM = (field: string) => ({ kind: 'invalid_input', detail: { problems: [{ field, value: null }] } });

it('seals a password so that the worker opens it, for this row only', async () => {
  const row = await catalog().sourceDatabase.findUniqueOrThrow({ where: { id: world.sourceId } });
  expect(openSecret(row.sealedSecret, world.workerKey, { kind: 'source', id: row.id, version: 1 })).toBe(CANARY);
  expect(() => openSecret(row.sealedSecret, world.workerKey, { kind: 'source', id: row.id, version: 2 })).toThrow('another worker key');
});

it.each([
  ['host', 'evil.example'],
  ['port', 5433],
  ['standbys', [{ host: 'evil.example', port: 5432 }]],
  ['username', 'postgres'],
  ['database', 'template1'],
])('asks for the password again when the %s changes', async (field, value) => {
  const { password, ...input } = sourceInput(freshName());
  const { sourceId } = await registerSource.call(world.people.admin, { ...input, password });
  const changed = { ...input, sourceId, [field]: value };
  expect(await failure(updateSource.call(world.people.admin, changed))).toMatchObject(SECRET_PROBLEM('password'));
  await updateSource.call(world.people.admin, { ...changed, password: `${password}-2` });
  const row = await catalog().sourceDatabase.findUniqueOrThrow({ where: { id: sourceId } });
  expect(openSecret(row.sealedSecret, world.workerKey, { kind: 'source', id: sourceId, version: 2 })).toBe(`${CANARY}-2`);
});

it('keeps the password where only other things change', async () => {
  const { password, ...input } = sourceInput(freshName());
  const { sourceId } = await registerSource.call(world.people.admin, { ...input, password });
  await updateSource.call(world.people.admin, { ...input, sourceId, slotLimit: 3, tlsMode: 'verify_full' });
  const row = await catalog().sourceDatabase.findUniqueOrThrow({ where: { id: sourceId } });
  expect(openSecret(row.sealedSecret, world.workerKey, { kind: 'source', id: sourceId, version: 1 })).toBe(CANARY);
});

it('asks for a signing secret again when the host of an endpoint changes, and tells a generated one once', async () => {
  const name = freshName();
  const config = { type: 'Http', url: 'https://hooks.example/in' };
  expect(await failure(registerTarget.call(world.people.admin, { name, config }))).toMatchObject(SECRET_PROBLEM('secret'));
  const { targetId, generatedSecret } = await registerTarget.call(world.people.admin, { name, config, generateSecret: true });
  expect(generatedSecret).toMatch(/^whsec_/);
  expect(JSON.stringify(await getSinkTarget(world.people.admin, targetId))).not.toContain(generatedSecret);
  await updateTarget.call(world.people.admin, { targetId, name, config: { ...config, url: 'https://hooks.example/other' } });
  const moved = { targetId, name, config: { ...config, url: 'https://evil.example/in' } };
  expect(await failure(updateTarget.call(world.people.admin, moved))).toMatchObject(SECRET_PROBLEM('secret'));
});

it('refuses a password inside of an endpoint URL, which everybody can read', async () => {
  const config = { type: 'Http', url: `https://user:${CANARY}@hooks.example/in` };
  const error = await failure(registerTarget.call(world.people.admin, { name: freshName(), config, generateSecret: true }));
  expect(error).toMatchObject(SECRET_PROBLEM('config.url'));
});

it('seals what is typed for a connection test, and lends a registered password only to where it belongs', async () => {
  const { name: _, slotLimit: __, ...connection } = sourceInput('x');
  await askAdmin.call(world.people.admin, { kind: 'test-source', input: { connection } });
  const asked = await catalog().inspection.findFirstOrThrow({ where: { kind: 'test-source' }, orderBy: { askedAt: 'desc' } });
  const stored = (asked.input as { connection: { sealedPassword: string; sealContext: string } }).connection;
  expect(openSecret(stored.sealedPassword, world.workerKey, parseSealContext(stored.sealContext))).toBe(CANARY);
  const { password: ___, ...bare } = connection;
  const same = { kind: 'test-source', input: { sourceId: world.sourceId, connection: { ...bare, tlsMode: 'disable' } } };
  await expect(askAdmin.call(world.people.admin, same)).resolves.toMatchObject({ ok: false, errorKind: 'worker_unavailable' });
  const elsewhere = { kind: 'test-source', input: { sourceId: world.sourceId, connection: { ...bare, host: 'evil.example' } } };
  expect(await failure(askAdmin.call(world.people.admin, elsewhere))).toMatchObject(SECRET_PROBLEM('password'));
});

it('repeats no secret in the problems of an input', async () => {
  const errors = [
    await failure(registerSource.call(world.people.admin, { ...sourceInput('Bad Name'), extra: CANARY })),
    await failure(registerSource.call(world.people.admin, { ...sourceInput(freshName()), password: CANARY.repeat(400) })),
    await failure(
      registerTarget.call(world.people.admin, { name: freshName(), config: { type: 'Http', url: 'https://h.example' }, secret: CANARY }),
    ),
  ];
  for (const error of errors) {
    expect(error?.kind).toBe('invalid_input');
    expect(JSON.stringify([error?.message, error?.detail])).not.toContain(CANARY);
  }
});

it('keeps a source that streams read from', async () => {
  const { name } = await requestStream(world);
  const error = await failure(removeSource.call(world.people.admin, { sourceId: world.sourceId, confirmName: 'shop' }));
  expect(error?.kind).toBe('precondition_failed');
  expect(error?.message).toContain(name);
});

it('forgets the password of a removed source and frees its name', async () => {
  const input = sourceInput(freshName());
  const { sourceId } = await registerSource.call(world.people.admin, input);
  await removeSource.call(world.people.admin, { sourceId, confirmName: input.name });
  expect(await getSource(world.people.admin, sourceId)).toBeNull();
  expect((await catalog().sourceDatabase.findUniqueOrThrow({ where: { id: sourceId } })).sealedSecret).toBe('');
  await expect(registerSource.call(world.people.admin, input)).resolves.toBeDefined();
});

it('leaves no secret in any column of the catalog, nor in any DTO', async () => {
  const columns = await catalog().$queryRaw<{ table_name: string; column_name: string }[]>`
    select table_name, column_name from information_schema.columns
     where table_schema = 'public' and data_type in ('text', 'json', 'jsonb', 'character varying')`;
  expect(columns.length).toBeGreaterThan(80);
  const found: string[] = [];
  for (const { table_name, column_name } of columns) {
    const sql = `select 1 as hit from "${table_name}" where "${column_name}"::text like $1 limit 1`;
    if ((await catalog().$queryRawUnsafe<unknown[]>(sql, `%${CANARY}%`)).length > 0) found.push(`${table_name}.${column_name}`);
  }
  expect(found).toEqual([]);
  const shown = JSON.stringify([await listSources(world.people.admin), await listSinkTargets(world.people.admin)]);
  expect(shown).not.toMatch(/canary|sealed\.v1|whsec_/);
});
