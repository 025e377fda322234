/** Roles within a team. */
export const TEAM_ROLES = ['builder', 'team_lead'] as const;
export type TeamRole = (typeof TEAM_ROLES)[number];

/** Roles across all teams; most people have none. */
export const PLATFORM_ROLES = ['none', 'platform_admin', 'auditor'] as const;
export type PlatformRole = (typeof PLATFORM_ROLES)[number];

/** Who acts: read from the catalog at each request, never from a token alone. */
export interface PersonActor {
  readonly kind: 'person';
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly platformRole: PlatformRole;
  readonly teams: readonly { readonly id: string; readonly slug: string; readonly name: string; readonly role: TeamRole }[];
}

/** The worker and the seed act too, so that every audit entry names someone. */
export interface SystemActor {
  readonly kind: 'system';
  readonly component: 'worker' | 'seed';
  readonly id: string;
  readonly name: string;
}

export type Actor = PersonActor | SystemActor;
