import { expect, it } from 'vitest';
import type { SourceDto } from '@/core/dto/connection';
import { checkSource, EMPTY_SOURCE, formOfSource, needsPassword } from './source-form';

const stored: SourceDto = {
  id: 's',
  name: 'shop',
  host: 'db',
  port: 5432,
  database: 'shop',
  username: 'rep',
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
  for (const change of [{ host: 'evil' }, { port: '1' }, { username: 'other' }, { database: 'other' }])
    expect(checkSource({ ...form, ...change }, stored)).toMatchObject({ ok: false, problems: [{ field: 'password' }] });
});

it('problems name the field and never carry the password', () => {
  const check = checkSource({ ...EMPTY_SOURCE, port: 'x', password: 'x'.repeat(5000) }, null);
  if (check.ok) throw new Error('must not be valid');
  expect(check.problems.map((problem) => problem.field).sort()).toEqual(['database', 'host', 'name', 'password', 'port', 'username']);
  expect(JSON.stringify(check.problems)).not.toContain('xxxx');
});
