import { expect, it } from 'vitest';
import type { SourceDto } from '@/core/dto/connection';
import { checkSource, EMPTY_SOURCE, formOfSource, needsPassword, readHosts } from './source-form';

const stored: SourceDto = {
  id: 's',
  name: 'shop',
  host: 'db',
  port: 5432,
  database: 'shop',
  username: 'rep',
  standbys: [{ host: 'db2', port: 5433 }],
  patroniUrl: null,
  tlsMode: 'require',
  hasCaCertificate: false,
  hasSecret: true,
  slotLimit: 10,
  streamCount: 0,
  createdAt: '',
  observation: null,
};

it('a stored source needs its password again only when it would be sent elsewhere or for another role', () => {
  const form = formOfSource(stored);
  expect(needsPassword({ ...form, name: 'renamed', slotLimit: '3', tlsMode: 'verify_full' }, stored)).toBe(false);
  for (const change of [{ standbys: 'db2:5433\nevil' }, { host: 'evil' }, { port: '1' }, { username: 'other' }, { database: 'other' }])
    expect(checkSource({ ...form, ...change }, stored)).toMatchObject({ ok: false, problems: [{ field: 'password' }] });
});

it('problems name the field and never carry the password', () => {
  const check = checkSource({ ...EMPTY_SOURCE, port: 'x', password: 'x'.repeat(5000) }, null);
  if (check.ok) throw new Error('must not be valid');
  expect(check.problems.map((problem) => problem.field).sort()).toEqual(['database', 'host', 'name', 'password', 'port', 'username']);
  expect(JSON.stringify(check.problems)).not.toContain('xxxx');
});

it('standbys are one a line, and a stored one reads as it was', () => {
  expect(readHosts('db2\n db3:5433 , [::1]:5434\n\nfe80::1')).toEqual([
    { host: 'db2', port: 5432 },
    { host: 'db3', port: 5433 },
    { host: '::1', port: 5434 },
    { host: 'fe80::1', port: 5432 },
  ]);
  const check = checkSource({ ...formOfSource(stored), patroniUrl: 'http://db2:8008' }, stored);
  expect(check).toMatchObject({ ok: true, input: { standbys: stored.standbys, patroniUrl: 'http://db2:8008' } });
  for (const [field, value] of [
    ['standbys', 'db2:x'],
    ['standbys', 'db2\ndb2'],
    ['patroniUrl', 'db2:8008'],
    ['patroniUrl', 'http://me:secret@db2:8008'],
  ] as const)
    expect(
      checkSource({ ...EMPTY_SOURCE, name: 'shop', host: 'b', database: 'c', username: 'd', password: 'e', [field]: value }, null),
    ).toMatchObject({
      ok: false,
      problems: [{ field }],
    });
});
