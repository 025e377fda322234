import { connect, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Change, type SourceItem, type Subscription, UNCHANGED } from '@/worker/source/source';
import { eventually, type SourceFixture, sourceFixture } from './fixture';
import { openSubscription } from './subscription';

/** Of 127.0.0.1, signed by itself, made for this test and good for a hundred years. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgw0TrRUzPPpLPHC1h
sCcNPbphua+Yc4x+I94N3SSCHPShRANCAASFKkD/jCi4aD05z7D0GNSlzgpKbIUk
u65a2IFl7X65lSz78ZE8nohKjCWZsIXkD9Pbt8HVqCYhUhbmiBu1k+hG
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUJHXID9aoU+b/G/NPAAltU6KDooEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMTEzMzI1N1oYDzIxMjYxMDI4
MTMzMjU3WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASFKkD/jCi4aD05z7D0GNSlzgpKbIUku65a2IFl7X65lSz78ZE8nohK
jCWZsIXkD9Pbt8HVqCYhUhbmiBu1k+hGo2QwYjAdBgNVHQ4EFgQUWurxjPN/Le37
y9VAmUBHyEggb9wwHwYDVR0jBBgwFoAUWurxjPN/Le37y9VAmUBHyEggb9wwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IAUo+eskIlW1jeJLywuNH+p6lXn1qwF05YUj0QjzmbCkAiEAk+8N65xJDOVCfwHS
5qX7gpOGFd+JcK19l311wIjR0Ko=
-----END CERTIFICATE-----`;
const MIB = 1024 * 1024;

/** Postgres' TLS negotiation before a server that has none. */
async function tlsBefore(port: number): Promise<Server> {
  const server = createServer((outside: Socket) => {
    outside.once('data', () => {
      outside.write('S');
      const clear = new TLSSocket(outside, { isServer: true, key: KEY, cert: CERTIFICATE });
      const inside = connect(port, '127.0.0.1');
      clear.pipe(inside).pipe(clear);
      for (const socket of [clear, inside]) socket.on('error', () => void [outside, inside].map((end) => end.destroy()));
    });
    outside.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

let db: SourceFixture;
let tls: Server;
let subscription: Subscription | undefined;
beforeEach(async () => {
  db = await sourceFixture();
  tls = await tlsBefore(db.source.port);
});
afterEach(async () => {
  await subscription?.close();
  tls.close();
  await db.drop();
});

async function changesOf(over: 'tcp' | 'tls', write: () => Promise<unknown>, count: number): Promise<Change[]> {
  const items: SourceItem[] = [];
  const address = tls.address();
  const port = over === 'tls' && address && typeof address === 'object' ? address.port : db.source.port;
  const source = { ...db.source, port, ...(over === 'tls' ? { tlsMode: 'verify_full' as const, caCertificate: CERTIFICATE } : {}) };
  const { streamId, slotName, publicationName } = db;
  subscription = await openSubscription({ source, streamId, epoch: 1, slotName, publicationName, wholeRowBytes: MIB }, (item) =>
    items.push(item),
  );
  await write();
  const changes = () => items.flatMap((item) => (item.kind === 'change' ? [item.change] : []));
  await eventually(async () => changes().length >= count && items.at(-1)?.kind !== 'change', 20_000);
  return changes();
}

describe('rows of any size', () => {
  it.each(['tcp', 'tls'] as const)('come whole up to the limit and cut above it, in order, over %s', async (over) => {
    await db.query('create table t (id int primary key, b bytea, j jsonb, v text)');
    await db.provision('t');
    const changes = await changesOf(
      over,
      async () => {
        await db.query(`insert into t values (1, null, null, 'first'), (2, null, null, repeat('ü', 400000))`);
        await db.query(`insert into t values (3, decode(repeat('ab', 1500000), 'hex'), to_jsonb(repeat('j', 2000000)), 'small')`);
        await db.query(`update t set v = 'other' where id = 3`);
        await db.query(`delete from t where id = 3`);
      },
      5,
    );
    expect(changes.map(({ op, after }) => [op, after?.[0] ?? null])).toEqual([
      ['c', '1'],
      ['c', '2'],
      ['c', '3'],
      ['u', '3'],
      ['d', null],
    ]);
    expect(changes[1]?.after?.[3]).toBe('ü'.repeat(400_000));
    expect(changes[1]?.cut).toBeUndefined();
    const [, , large, update] = changes;
    expect(large?.after).toEqual(['3', UNCHANGED, UNCHANGED, 'small']);
    expect(large?.cut).toEqual([
      { side: 'after', column: 1, bytes: 3_000_002, preview: `\\x${'ab'.repeat(1_023)}` },
      { side: 'after', column: 2, bytes: 2_000_002, preview: `"${'j'.repeat(2_047)}` },
    ]);
    expect(large?.wireBytes).toBeLessThan(10_000);
    // Its large values did not change and were not sent: that event is a small one.
    expect(update).toMatchObject({ after: ['3', UNCHANGED, UNCHANGED, 'other'] });
    expect(update?.cut).toBeUndefined();
  });

  it('names a value of the old row as cut from the new one too, where that leaves it out', async () => {
    await db.query('create table t (id int primary key, v text, n int); alter table t replica identity full');
    await db.provision('t');
    const changes = await changesOf(
      'tcp',
      async () => {
        await db.query(`alter table t alter v set storage external; insert into t values (1, repeat('x', 2000000), 1)`);
        await db.query('update t set n = 2');
      },
      2,
    );
    expect(changes[1]?.before).toEqual(['1', UNCHANGED, '1']);
    expect(changes[1]?.after).toEqual(['1', UNCHANGED, '2']);
    expect(changes[1]?.cut?.map(({ side, column, bytes }) => [side, column, bytes])).toEqual([
      ['before', 1, 2_000_000],
      ['after', 1, 2_000_000],
    ]);
  });
});
