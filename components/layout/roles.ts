import type { PlatformRole, TeamRole } from '@/core/policy/roles';

/** Roles as people read them (design section 1). */
export const ROLE_WORDS: Readonly<Record<Exclude<PlatformRole, 'none'> | TeamRole, string>> = {
  builder: 'Builder',
  team_lead: 'Team lead',
  platform_admin: 'Platform admin',
  auditor: 'Auditor',
};
