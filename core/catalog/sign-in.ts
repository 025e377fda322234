import { catalog } from './client';

/** Failed attempts of 15 minutes after which no password is looked at, right or wrong. */
export const MAX_FAILURES = { account: 5, address: 20 } as const;

/**
 * Notes an attempt before its password is looked at, so that attempts made at once count against each other. Null when
 * account or address has used its attempts up: unknown accounts count like known ones.
 */
export async function beginAttempt(account: string, address: string): Promise<bigint | null> {
  const { id } = await catalog().loginAttempt.create({ data: { account, address, succeeded: false }, select: { id: true } });
  const [counts] = await catalog().$queryRaw<{ account: number; address: number }[]>`
    select count(*) filter (where account = ${account} and id > coalesce(
             (select max(id) from login_attempt where account = ${account} and succeeded), 0))::int as account,
           count(*) filter (where address = ${address})::int as address
      from login_attempt
     where (account = ${account} or address = ${address}) and not succeeded and at > now() - interval '15 minutes'`;
  if (counts && counts.account <= MAX_FAILURES.account && counts.address <= MAX_FAILURES.address) return id;
  // A refused attempt tried no password: counting it would let anybody keep an account locked by knocking on.
  await catalog().loginAttempt.delete({ where: { id }, select: { id: true } });
  return null;
}

/** Turns a noted attempt into a success and forgets attempts older than a day. */
export async function attemptSucceeded(id: bigint): Promise<void> {
  await catalog().loginAttempt.update({ where: { id }, data: { succeeded: true }, select: { id: true } });
  await catalog().$executeRaw`delete from login_attempt where at < now() - interval '1 day'`;
}

/** Who signs in with this address (lower case), and the hash to compare with. */
export async function findCredentials(email: string) {
  return catalog().user.findFirst({ where: { email, disabledAt: null }, select: { id: true, passwordHash: true } });
}

/**
 * The person an OIDC provider vouches for: matched by verified email, made without any team on first sight. Null when the
 * account is disabled.
 */
export async function admitVerified(email: string, name: string): Promise<string | null> {
  const user = await catalog().user.upsert({
    where: { email },
    create: { email, name },
    update: {},
    select: { id: true, disabledAt: true },
  });
  return user.disabledAt ? null : user.id;
}
