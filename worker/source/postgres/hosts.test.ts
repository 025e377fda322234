import { expect, it } from 'vitest';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { hostsOf, rememberPrimary } from './hosts';

const source: SourceConnection = {
  host: 'db1',
  port: 5432,
  database: 'shop',
  username: 'spillway',
  password: 'secret',
  tlsMode: 'disable',
};
const names = (at: SourceConnection) => hostsOf(at).map(({ host, port }) => `${host}:${port}`);

it('tries the hosts in the order given, each once, and the last one that took writes first', () => {
  const several = {
    ...source,
    standbys: [
      { host: 'db2', port: 5432 },
      { host: 'db1', port: 5432 },
      { host: 'db3', port: 5433 },
    ],
  };
  expect(names(source)).toEqual(['db1:5432']);
  expect(names(several)).toEqual(['db1:5432', 'db2:5432', 'db3:5433']);
  rememberPrimary(several, { host: 'db3', port: 5433 });
  expect(names(several)).toEqual(['db3:5433', 'db1:5432', 'db2:5432']);
  expect(names({ ...several, standbys: [] })).toEqual(['db1:5432']);
  expect(hostsOf(several).every((at) => at.standbys === undefined && at.password === 'secret')).toBe(true);
});
