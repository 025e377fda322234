import { describe, expect, it } from 'vitest';
import { mayCall, mayRead, PERMISSIONS, type VerbName } from './permissions';
import type { PersonActor, PlatformRole, TeamRole } from './roles';

const person = (platformRole: PlatformRole, role?: TeamRole, team = 'own'): PersonActor => ({
  kind: 'person',
  id: 'p',
  name: 'P',
  email: 'p@example',
  platformRole,
  teams: role ? [{ id: team, slug: team, name: team, role }] : [],
});

const PEOPLE = {
  builder: person('none', 'builder'),
  lead: person('none', 'team_lead'),
  'foreign builder': person('none', 'builder', 'other'),
  'foreign lead': person('none', 'team_lead', 'other'),
  admin: person('platform_admin'),
  auditor: person('auditor'),
  'teamless person': person('none'),
};
type Who = keyof typeof PEOPLE;

const BUILDERS: Who[] = ['builder', 'lead'];
const EVERYBODY = Object.keys(PEOPLE) as Who[];

/** Written out a second time on purpose: a right that changes has to be changed here as well. */
const ALLOWED: Record<VerbName, Who[]> = {
  'streams.save-draft': BUILDERS,
  'streams.discard-draft': BUILDERS,
  'streams.import-manifest': BUILDERS,
  'streams.request': BUILDERS,
  'streams.revise': BUILDERS,
  'streams.withdraw': BUILDERS,
  'streams.pause': [...BUILDERS, 'admin'],
  'streams.resume': [...BUILDERS, 'admin'],
  'streams.retire': ['lead', 'admin'],
  'streams.restart': [...BUILDERS, 'admin'],
  'streams.recover': ['lead', 'admin'],
  'streams.start-snapshot': ['lead', 'admin'],
  'streams.pause-snapshot': [...BUILDERS, 'admin'],
  'streams.resume-snapshot': [...BUILDERS, 'admin'],
  'streams.cancel-snapshot': ['lead', 'admin'],
  'slots.approve': ['admin'],
  'slots.reject': ['admin'],
  'slots.set-budget': ['admin'],
  'dead-letters.replay': ['lead'],
  'dead-letters.discard': ['lead'],
  'sources.register': ['admin'],
  'sources.update': ['admin'],
  'sources.remove': ['admin'],
  'sink-targets.register': ['admin'],
  'sink-targets.update': ['admin'],
  'sink-targets.remove': ['admin'],
  'inspections.ask': EVERYBODY,
  'inspections.ask-admin': ['admin'],
};

describe.each(Object.keys(PERMISSIONS) as VerbName[])('%s', (verb) => {
  it.each(EVERYBODY)('is for %s or not, as written', (who) => {
    expect(mayCall(PEOPLE[who], verb, 'own')).toBe(ALLOWED[verb].includes(who));
  });
});

it('lets members, admins and auditors read a team, and nobody else', () => {
  const readers = EVERYBODY.filter((who) => mayRead(PEOPLE[who], 'own'));
  expect(readers).toEqual(['builder', 'lead', 'admin', 'auditor']);
});
