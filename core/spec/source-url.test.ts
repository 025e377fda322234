import { describe, expect, it } from 'vitest';
import { parseSourceUrl } from './source-url';

describe('parseSourceUrl', () => {
  it('reads every part, decoded', () => {
    expect(parseSourceUrl('postgres://spill%40way:p%3A%2Fw@db.shop.example:6432/my%20shop?sslmode=verify-full')).toEqual({
      ok: true,
      fields: {
        host: 'db.shop.example',
        port: 6432,
        database: 'my shop',
        username: 'spill@way',
        password: 'p:/w',
        tlsMode: 'verify_full',
      },
    });
  });

  it('leaves out what the URL does not name, and takes the default port', () => {
    expect(parseSourceUrl('postgresql://[::1]')).toEqual({ ok: true, fields: { host: '::1', port: 5432 } });
  });

  it('raises verify-ca instead of lowering it', () => {
    const result = parseSourceUrl('postgres://h/d?sslmode=verify-ca');
    expect(result.ok && result.fields.tlsMode).toBe('verify_full');
  });

  it.each([
    'mysql://u:hunter2@h/d',
    'postgres://u:hunter2@/d',
    'postgres://u:hunter2@a,b/d',
    'postgres://u:hunter2@h:99999/d',
    'postgres://u:hunter2%zz@h/d',
    'postgres://u:hunter2@h/d?sslmode=maybe',
  ])('refuses %s without repeating the password', (text) => {
    const result = parseSourceUrl(text);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});
