import type { PersonActor } from '@/core/policy/roles';

/** The `where` that leaves what this person may read of things a team owns; says in SQL what mayRead says of one team. */
export function teamScope(actor: PersonActor): { teamId?: { in: string[] } } {
  return actor.platformRole !== 'none' ? {} : { teamId: { in: actor.teams.map((team) => team.id) } };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ids come from addresses that people type; what is no uuid is not found instead of an SQL error. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
