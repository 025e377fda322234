import type { PersonActor } from '@/core/policy/roles';
import { catalog, type Tx } from './client';
import { isUuid } from './scope';

/** Who this is right now: role and teams as they stand in the catalog. Null when unknown or disabled. */
export async function readActor(userId: string, tx: Tx = catalog()): Promise<PersonActor | null> {
  if (!isUuid(userId)) return null;
  const user = await tx.user.findUnique({
    where: { id: userId },
    select: {
      id: true,
      name: true,
      email: true,
      platformRole: true,
      disabledAt: true,
      memberships: { select: { role: true, team: { select: { id: true, slug: true, name: true } } }, orderBy: { team: { slug: 'asc' } } },
    },
  });
  if (!user || user.disabledAt) return null;
  return {
    kind: 'person',
    id: user.id,
    name: user.name,
    email: user.email,
    platformRole: user.platformRole,
    teams: user.memberships.map(({ role, team }) => ({ ...team, role })),
  };
}
