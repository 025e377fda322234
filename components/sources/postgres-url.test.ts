import { expect, it } from 'vitest';
import { parsePostgresUrl } from './postgres-url';

it('reads every part, percent-encoded ones decoded', () => {
  expect(parsePostgresUrl('postgres://rep%40l:p%2Fw%3A1@db.example:6432/shop%20x?sslmode=verify-full')).toEqual({
    host: 'db.example',
    port: 6432,
    database: 'shop x',
    username: 'rep@l',
    password: 'p/w:1',
    tlsMode: 'verify_full',
  });
});

it('port 80, the default of http, is not mistaken for the default of Postgres', () => {
  expect(parsePostgresUrl('postgresql://u@h:80/d')?.port).toBe(80);
  expect(parsePostgresUrl('postgresql://u:9999@h/d')?.port).toBe(5432);
});

it('an IPv6 host loses its brackets', () => {
  expect(parsePostgresUrl('postgres://u:p@[::1]:5433/d')).toMatchObject({ host: '::1', port: 5433 });
});

it('anything else is refused', () => {
  for (const text of ['', 'mysql://u@h/d', 'host=h user=u', 'postgres://h:port/d']) expect(parsePostgresUrl(text)).toBeNull();
});
