import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from '@/core/secrets/password';
import { catalogDatabase, type TestDatabase } from '@/worker/testing/postgres';
import { catalog, closeCatalog } from './client';
import { readActor } from './people';
import { admitVerified, attemptSucceeded, beginAttempt, findCredentials } from './sign-in';

let database: TestDatabase;

beforeAll(async () => {
  database = await catalogDatabase();
  process.env.DATABASE_URL = database.url;
});
afterAll(async () => {
  await closeCatalog();
  await database.drop();
});

it('looks at five passwords of an account in 15 minutes, known or not, wherever they come from', async () => {
  for (const account of ['known@example', 'unknown@example']) {
    const attempts = [];
    for (let n = 0; n < 7; n += 1) attempts.push(await beginAttempt(account, `10.0.0.${n}`));
    expect(attempts.map((id) => id !== null)).toEqual([true, true, true, true, true, false, false]);
  }
});

it('counts attempts made at the same moment against each other', async () => {
  const attempts = await Promise.all(Array.from({ length: 12 }, (_, n) => beginAttempt('at-once@example', `10.1.0.${n}`)));
  expect(attempts.filter((id) => id !== null).length).toBeLessThanOrEqual(5);
});

it('looks at twenty passwords from an address, of whichever accounts', async () => {
  const attempts = [];
  for (let n = 0; n < 22; n += 1) attempts.push(await beginAttempt(`guess${n}@example`, '10.2.0.1'));
  expect(attempts.filter((id) => id !== null)).toHaveLength(20);
});

it('forgets the failures of an account when it signs in, and all of them after 15 minutes', async () => {
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 4; n += 1) expect(await beginAttempt('typist@example', `10.3.${round}.${n}`)).not.toBeNull();
    const good = await beginAttempt('typist@example', `10.3.${round}.9`);
    await attemptSucceeded(good ?? 0n);
  }
  for (let n = 0; n < 6; n += 1) await beginAttempt('waiter@example', `10.4.0.${n}`);
  expect(await beginAttempt('waiter@example', '10.4.0.9')).toBeNull();
  await catalog().$executeRaw`update login_attempt set at = at - interval '16 minutes' where account = 'waiter@example'`;
  expect(await beginAttempt('waiter@example', '10.4.0.9')).not.toBeNull();
});

it('takes a right password only, and as long for an account that does not exist', async () => {
  const stored = await hashPassword('right');
  expect(await verifyPassword('right', stored)).toBe(true);
  expect(await verifyPassword('wrong', stored)).toBe(false);
  expect(stored).not.toContain('right');
  // Work, not time: a busy machine does not change it.
  const worked = async (hash: string | null) => {
    const before = process.cpuUsage();
    for (let n = 0; n < 3; n += 1) expect(await verifyPassword('wrong', hash)).toBe(false);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const [known, unknown] = [await worked(stored), await worked(null)];
  expect(unknown).toBeGreaterThan(known / 4);
});

it('puts a disabled person out at the next look', async () => {
  const { id } = await catalog().user.create({ data: { email: 'gone@example', name: 'Gone', passwordHash: 'x' } });
  expect(await readActor(id)).toMatchObject({ email: 'gone@example', platformRole: 'none', teams: [] });
  await catalog().user.update({ where: { id }, data: { disabledAt: new Date() } });
  expect(await readActor(id)).toBeNull();
  expect(await findCredentials('gone@example')).toBeNull();
  expect(await admitVerified('gone@example', 'Gone')).toBeNull();
});

it('makes a person whom a provider vouches for once, without any team', async () => {
  const first = await admitVerified('new@example', 'New');
  expect(await admitVerified('new@example', 'Renamed')).toBe(first);
  expect(await readActor(first ?? '')).toMatchObject({ name: 'New', platformRole: 'none', teams: [] });
});
