import type { PersonActor } from './roles';

/**
 * Who may call a verb.
 * - team:builder    builders and leads of the team that owns the thing
 * - team:lead       leads of that team
 * - platform_admin  platform admins
 * - signed_in       everybody who is signed in (the verb scopes its own result)
 */
export type Rule = 'team:builder' | 'team:lead' | 'team:lead_or_admin' | 'team:builder_or_admin' | 'platform_admin' | 'signed_in';

/** Every verb of core/control, by name. A verb without an entry does not compile and fails the role matrix test. */
export const PERMISSIONS = {
  'streams.save-draft': 'team:builder',
  'streams.discard-draft': 'team:builder',
  'streams.import-manifest': 'team:builder',
  'streams.request': 'team:builder',
  'streams.revise': 'team:builder',
  'streams.withdraw': 'team:builder',
  'streams.pause': 'team:builder_or_admin',
  'streams.resume': 'team:builder_or_admin',
  'streams.retire': 'team:lead_or_admin',
  'streams.restart': 'team:builder_or_admin',
  'streams.recover': 'team:lead_or_admin',
  'streams.start-snapshot': 'team:lead_or_admin',
  'streams.pause-snapshot': 'team:builder_or_admin',
  'streams.resume-snapshot': 'team:builder_or_admin',
  'streams.cancel-snapshot': 'team:lead_or_admin',
  'slots.approve': 'platform_admin',
  'slots.reject': 'platform_admin',
  'slots.set-budget': 'platform_admin',
  'dead-letters.replay': 'team:lead',
  'dead-letters.discard': 'team:lead',
  'sources.register': 'platform_admin',
  'sources.update': 'platform_admin',
  'sources.remove': 'platform_admin',
  'sink-targets.register': 'platform_admin',
  'sink-targets.update': 'platform_admin',
  'sink-targets.remove': 'platform_admin',
  'inspections.ask': 'signed_in',
  'inspections.ask-admin': 'platform_admin',
} as const satisfies Record<string, Rule>;

export type VerbName = keyof typeof PERMISSIONS;

/** Pure decision: may this person call this verb on something owned by `teamId` (null when no team owns it)? */
export function mayCall(actor: PersonActor, verb: VerbName, teamId: string | null): boolean {
  const rule: Rule = PERMISSIONS[verb];
  const role = teamId === null ? undefined : actor.teams.find((team) => team.id === teamId)?.role;
  const admin = actor.platformRole === 'platform_admin';
  switch (rule) {
    case 'signed_in':
      return true;
    case 'platform_admin':
      return admin;
    case 'team:builder':
      return role !== undefined;
    case 'team:lead':
      return role === 'team_lead';
    case 'team:lead_or_admin':
      return role === 'team_lead' || admin;
    case 'team:builder_or_admin':
      return role !== undefined || admin;
  }
}

/** May this person read things of a team? Admins and auditors read everything. */
export function mayRead(actor: PersonActor, teamId: string): boolean {
  return actor.platformRole !== 'none' || actor.teams.some((team) => team.id === teamId);
}
