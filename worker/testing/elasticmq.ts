import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mavenJars } from '@/local/maven-jars';
import { freePort } from './postgres';

/** An ElasticMQ server (real SQS protocol, queues in memory) on 127.0.0.1; it checks no credentials. */
export interface TestElasticMq {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts ElasticMQ with SQS' own limits. Throws JarsUnavailable when the machine can not have it. */
export async function startElasticMq(): Promise<TestElasticMq> {
  const classPath = `${mavenJars({ folder: 'elasticmq', what: 'ElasticMQ' }, () => undefined)}/*`;
  const folder = mkdtempSync(join(tmpdir(), 'spillway-elasticmq-'));
  const port = await freePort();
  const config = join(folder, 'elasticmq.conf');
  writeFileSync(
    config,
    `include classpath("application.conf")
rest-sqs { enabled = true, bind-hostname = "127.0.0.1", bind-port = ${port}, sqs-limits = strict }
rest-stats { enabled = false }
node-address { protocol = http, host = "127.0.0.1", port = ${port}, context-path = "" }
`,
  );
  const logFile = join(folder, 'elasticmq.log');
  const log = openSync(logFile, 'a');
  const java = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dconfig.file=${config}`];
  const child = spawn('java', [...java, '-cp', classPath, 'org.elasticmq.server.Main'], { stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  for (const deadline = Date.now() + 60_000; !(await answers(port)); await sleep(100)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`ElasticMQ did not start:\n${readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n')}`);
    }
  }
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  }
}
