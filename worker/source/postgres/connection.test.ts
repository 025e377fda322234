import { afterEach, describe, expect, it } from 'vitest';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { clientConfig, replicationConfig } from './connection';
import { toSourceError } from './source-error';

const source: SourceConnection = { host: 'db', port: 5433, database: 'shop', username: 'cdc', password: 'secret', tlsMode: 'verify_full' };
const session = { applicationName: 'spillway:x:1' };

afterEach(() => {
  for (const name of ['PGSSLMODE', 'PGOPTIONS', 'PGAPPNAME']) delete process.env[name];
});

describe('a connection to the source', () => {
  it('checks the certificate under verify_full, only encrypts under require, and leaves nothing to the environment', () => {
    process.env.PGSSLMODE = 'disable';
    process.env.PGOPTIONS = '-c datestyle=German';
    process.env.PGAPPNAME = 'other';
    expect(clientConfig(source, session)).toMatchObject({
      ssl: { rejectUnauthorized: true },
      application_name: 'spillway:x:1',
      keepAlive: true,
    });
    expect(clientConfig({ ...source, caCertificate: 'PEM' }, session).ssl).toEqual({ rejectUnauthorized: true, ca: 'PEM' });
    expect(clientConfig({ ...source, tlsMode: 'require' }, session).ssl).toEqual({ rejectUnauthorized: false });
    expect(clientConfig({ ...source, tlsMode: 'disable' }, session).ssl).toBe(false);
    expect(clientConfig(source, session).options).toContain('datestyle=ISO');
  });
  it('sets the same text format for queries and for the stream, and no timeout for the stream unless asked', () => {
    const text = ['datestyle=ISO', 'intervalstyle=postgres', 'extra_float_digits=3', 'timezone=UTC', 'bytea_output=hex', 'search_path='];
    for (const config of [clientConfig(source, session), replicationConfig(source, session)]) {
      for (const setting of text) expect(config.options).toContain(`-c ${setting}`);
    }
    expect(replicationConfig(source, session).options).toContain('-c lock_timeout=0');
    // The last one holds.
    expect(replicationConfig(source, { ...session, lockTimeoutMs: 29_000 }).options).toMatch(/lock_timeout=29000$/);
    expect(clientConfig(source, { ...session, readOnly: true }).options).toContain('default_transaction_read_only=on');
  });
});

describe('toSourceError', () => {
  const server = (code: string, message: string) => Object.assign(new Error(message), { code });
  it.each([
    ['55006', 'replication slot "s" is active for PID 1', 'slot_in_use'],
    ['55000', 'can no longer access replication slot "s"', 'slot_lost'],
    ['55000', 'cannot read from logical replication slot "s"', 'slot_lost'],
    ['55000', 'logical decoding requires "wal_level" >= "logical"', 'source_not_ready'],
    ['42704', 'replication slot "s" does not exist', 'slot_lost'],
    ['42704', 'publication "p" does not exist', 'publication_missing'],
    ['42P01', 'relation "t" does not exist', 'table_missing'],
    ['42501', 'permission denied for table t', 'source_permission'],
    ['28P01', 'password authentication failed', 'source_auth_failed'],
    ['28000', 'no pg_hba.conf entry', 'source_auth_failed'],
    ['57P01', 'terminating connection due to administrator command', 'source_unreachable'],
    ['57P03', 'the database system is starting up', 'source_unreachable'],
    ['3D000', 'database "x" does not exist', 'source_unreachable'],
    ['53300', 'sorry, too many clients already', 'source_unreachable'],
    ['53300', 'number of requested standby connections exceeds "max_wal_senders" (currently 1)', 'source_not_ready'],
    ['53400', 'all replication slots are in use', 'source_not_ready'],
    ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1', 'source_unreachable'],
    ['EPIPE', 'write EPIPE', 'source_unreachable'],
    ['XX000', 'something unexpected', 'internal'],
  ])('%s %s → %s', (code, message, kind) => {
    expect(toSourceError(server(code, message)).kind).toBe(kind);
  });
  it('never carries the password', () => {
    const error = toSourceError(
      server('28P01', 'password authentication failed for user "cdc"'),
      'Connecting to db:5433/shop as cdc failed',
    );
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain(source.password);
  });
});
