import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Jars, mavenJars } from '@/local/maven-jars';
import { freePort } from './postgres';

/** An Apicurio Registry on 127.0.0.1; it asks for no sign-in. What it holds outlives `restart()`. */
export interface TestApicurio {
  /** Of its API that is Confluent's (ccompat v7): what comes before `/subjects`. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Ends it at once; `start()` brings it back at the same address. */
  kill9(): Promise<void>;
  start(): Promise<void>;
}

export const APICURIO: Jars = { folder: 'apicurio', what: 'the Apicurio schema registry', unpack: true };

/** Starts it with a database of its own on disk. Throws JarsUnavailable when the machine can not have it: 104 MiB from Maven Central. */
export async function startApicurio(): Promise<TestApicurio> {
  const jars = mavenJars(APICURIO, () => undefined);
  const runner = readdirSync(jars).find((name) => name.endsWith('-runner.jar'));
  if (!runner) throw new Error('the archive of Apicurio has no runner');
  const folder = mkdtempSync(join(tmpdir(), 'spillway-apicurio-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const properties = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': String(port),
    'apicurio.storage.kind': 'sql',
    'apicurio.storage.sql.kind': 'h2',
    'apicurio.datasource.url': `jdbc:h2:file:${join(folder, 'registry')}`,
    'quarkus.log.level': 'WARN',
    'quarkus.http.access-log.enabled': 'false',
  };
  const java = [
    '-Xms64m',
    '-Xmx384m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    ...Object.entries(properties).map(([k, v]) => `-D${k}=${v}`),
  ];
  const logFile = join(folder, 'apicurio.log');
  let kill = async () => {};

  async function start(): Promise<void> {
    const log = openSync(logFile, 'a');
    const child = spawn('java', [...java, '-jar', join(jars, runner ?? '')], { stdio: ['ignore', log, log] });
    closeSync(log);
    const ended = new Promise<void>((done) => child.once('close', () => done()));
    kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    for (const deadline = Date.now() + 120_000; !(await answers(url)); await sleep(100)) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await kill();
        throw new Error(`Apicurio did not start:\n${readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n')}`);
      }
    }
  }
  await start();
  return {
    url,
    port,
    start,
    kill9: () => kill(),
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}
