import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { startLocalKafka } from '@/local/kafka';
import { kafkaJars } from '@/local/kafka-jars';
import { freePort } from '@/worker/testing/postgres';
import { noAbort, testEvent } from '../conformance';
import type { Sink } from '../sink';
import { createKafkaSink } from './kafka-sink';

const STORE_PASSWORD = 'store-password';
const folder = mkdtempSync(join(tmpdir(), 'spillway-kafka-security-'));
const at = (name: string) => join(folder, name);
const topic = `secure-${randomUUID()}`;
let ports: { plain: number; tls: number; mutual: number; scram: number; oauth: number; controller: number };
let broker: Awaited<ReturnType<typeof startLocalKafka>>;
let tokens: Server;
/** What the token server gives, and how often it was asked. */
let tokensGiven = 0;
let tokenLifeS = 3600;

beforeAll(async () => {
  makeCertificates();
  const [plain, tls, mutual, scram, oauth, controller] = await Promise.all(Array.from({ length: 6 }, () => freePort()));
  ports = { plain, tls, mutual, scram, oauth, controller } as typeof ports;
  const listeners = `PLAINTEXT://127.0.0.1:${plain},TLS://127.0.0.1:${tls},MUTUAL://127.0.0.1:${mutual},SCRAM://127.0.0.1:${scram},OAUTH://127.0.0.1:${oauth}`;
  const stores = { 'ssl.keystore.location': at('broker.p12'), 'ssl.keystore.password': STORE_PASSWORD, 'ssl.keystore.type': 'PKCS12' };
  const trust = { 'ssl.truststore.location': at('ca.p12'), 'ssl.truststore.password': STORE_PASSWORD, 'ssl.truststore.type': 'PKCS12' };
  broker = await startLocalKafka({
    folder: at('kafka'),
    port: plain ?? 0,
    controllerPort: controller ?? 0,
    settings: {
      listeners: `${listeners},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': listeners,
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,TLS:SSL,MUTUAL:SSL,SCRAM:SASL_SSL,OAUTH:SASL_PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
      ...stores,
      ...trust,
      'listener.name.mutual.ssl.client.auth': 'required',
      'listener.name.scram.sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.scram.scram-sha-256.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      'listener.name.scram.scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      'listener.name.oauth.sasl.enabled.mechanisms': 'OAUTHBEARER',
      // Kafka's own validator of tokens without signature, meant for tests.
      'listener.name.oauth.oauthbearer.sasl.jaas.config':
        'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
      'listener.name.oauth.oauthbearer.sasl.server.callback.handler.class':
        'org.apache.kafka.common.security.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler',
    },
  });
  setPassword('SCRAM-SHA-256', 'first-password');
  setPassword('SCRAM-SHA-512', 'first-password');
  tokens = createServer((request, response) => {
    const basic = Buffer.from(String(request.headers.authorization).replace('Basic ', ''), 'base64').toString();
    if (basic !== 'spillway:client-secret') return void response.writeHead(401).end('{"error":"canary-in-the-answer"}');
    tokensGiven++;
    response.end(JSON.stringify({ access_token: unsecuredToken(), token_type: 'Bearer', expires_in: tokenLifeS }));
  });
  await new Promise<void>((done) => tokens.listen(0, '127.0.0.1', done));
});

afterAll(async () => {
  tokens?.close();
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One CA; a broker certificate for 127.0.0.1 and a client's, signed by it; stores as the broker reads them. */
function makeCertificates(): void {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const days = ['-days', '2'];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test-ca', ...days);
  writeFileSync(at('broker.ext'), 'subjectAltName=IP:127.0.0.1');
  for (const name of ['broker', 'client']) {
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const names = name === 'broker' ? ['-extfile', 'broker.ext'] : [];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      ...names,
      ...days,
    );
  }
  const password = ['-passout', `pass:${STORE_PASSWORD}`];
  openssl('pkcs12', '-export', '-in', 'broker.pem', '-inkey', 'broker.key', '-certfile', 'ca.pem', '-out', 'broker.p12', ...password);
  const store = ['-keystore', 'ca.p12', '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD, '-noprompt'];
  execFileSync('keytool', ['-importcert', '-file', 'ca.pem', '-alias', 'ca', ...store], { cwd: folder, stdio: 'pipe' });
}

/** By Kafka's own tool, as an admin would; it takes seconds. One mechanism a run: the controller alters a user once a request. */
function setPassword(mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512', password: string): void {
  const config = `${mechanism}=[iterations=4096,password=${password}]`;
  const tool = ['-XX:TieredStopAtLevel=1', '-cp', `${kafkaJars(() => undefined)}/*`, 'kafka.admin.ConfigCommand'];
  const what = ['--alter', '--add-config', config, '--entity-type', 'users', '--entity-name', 'app'];
  execFileSync('java', [...tool, '--bootstrap-server', `127.0.0.1:${ports.plain}`, ...what], { stdio: 'pipe' });
}

function unsecuredToken(): string {
  const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ sub: 'spillway', iat: now, exp: now + 3600 })}.`;
}

const pem = (name: string) => readFileSync(at(name), 'utf8');
const sinkOn = (port: number, part: Partial<SinkTargetConfigOf<'Kafka'>>, secret: string | null, streamId = 's1'): Sink =>
  createKafkaSink(
    { type: 'Kafka', target: 'bus', topic, partitions: 2, tombstones: true },
    { type: 'Kafka', brokers: [`127.0.0.1:${port}`], tls: false, ...part },
    secret,
    { streamId, streamName: 'orders', epoch: 1, catalogUrl: '' },
  );
async function delivers(sink: Sink): Promise<void> {
  await sink.open(noAbort());
  expect(await sink.write([testEvent()], noAbort())).toEqual([{ ok: true }]);
  await sink.close();
}
async function refusal(sink: Sink) {
  const error = await sink.open(noAbort()).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  await sink.close();
  return error;
}

describe('TLS', () => {
  it('believes brokers of the CA given, and no others', async () => {
    await delivers(sinkOn(ports.tls, { tls: true, caCertificate: pem('ca.pem') }, null));
    expect(await refusal(sinkOn(ports.tls, { tls: true }, null))).toMatchObject({ kind: 'sink_unreachable' });
  });

  it('shows a client certificate where the brokers ask for one', async () => {
    const config = { tls: true, caCertificate: pem('ca.pem'), clientCertificate: pem('client.pem') };
    await delivers(sinkOn(ports.mutual, config, pem('client.key')));
    const { clientCertificate: _, ...without } = config;
    expect(await refusal(sinkOn(ports.mutual, without, null))).toMatchObject({ kind: 'sink_unreachable' });
    expect(() => sinkOn(ports.mutual, config, null)).toThrow(expect.objectContaining({ kind: 'sink_misconfigured' }));
  });
});

describe('SCRAM over TLS', () => {
  const as = (mechanism: 'scram-sha-256' | 'scram-sha-512') =>
    ({ tls: true, caCertificate: pem('ca.pem'), sasl: { mechanism, username: 'app' } }) as const;

  it('signs in with either hash; a rotated password is refused by name until the new one is given', async () => {
    await delivers(sinkOn(ports.scram, as('scram-sha-256'), 'first-password'));
    const old = sinkOn(ports.scram, as('scram-sha-512'), 'first-password');
    await old.open(noAbort());
    expect(await old.write([testEvent()], noAbort())).toEqual([{ ok: true }]);
    setPassword('SCRAM-SHA-512', 'second-password');
    // A connection that is open goes on; the next one is asked again.
    await old.close();
    const error = await refusal(sinkOn(ports.scram, as('scram-sha-512'), 'first-password'));
    expect(error).toMatchObject({ kind: 'sink_auth_failed' });
    expect(String(error) + JSON.stringify(error)).not.toContain('password-');
    await delivers(sinkOn(ports.scram, as('scram-sha-512'), 'second-password'));
  });
});

describe('OAUTHBEARER', () => {
  const client = () => {
    const { port } = tokens.address() as AddressInfo;
    return { sasl: { mechanism: 'oauthbearer', tokenUrl: `http://127.0.0.1:${port}/token`, clientId: 'spillway' } } as const;
  };

  it('asks for a token once, and again only when it is about to end', async () => {
    const before = tokensGiven;
    await delivers(sinkOn(ports.oauth, client(), 'client-secret'));
    expect(tokensGiven).toBe(before + 1);
    tokenLifeS = 1;
    await delivers(sinkOn(ports.oauth, client(), 'client-secret'));
    expect(tokensGiven).toBeGreaterThan(before + 2);
    tokenLifeS = 3600;
  });

  it('tells a client that the token server refuses, without its words', async () => {
    const error = await refusal(sinkOn(ports.oauth, client(), 'another-secret'));
    expect(error).toMatchObject({ kind: 'sink_auth_failed', message: expect.stringContaining('token server answers 401') });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/canary|another-secret/);
  });
});
