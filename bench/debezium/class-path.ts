import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debeziumClassPath } from '@/worker/testing/debezium/debezium-jars';

const SOURCE = fileURLToPath(new URL('BenchEngine.java', import.meta.url));

/** Why Debezium can not run here; undefined when it can. */
export function debeziumMissing(): string | undefined {
  const lacks = ['java', 'javac', 'mvn'].filter((command) => spawnSync(command, ['--version']).status !== 0);
  return lacks.length > 0 ? `Debezium Engine needs ${lacks.join(', ')} on the PATH (a JDK of 17 or later, and Maven)` : undefined;
}

/** Debezium's jars, as the tests have them, and BenchEngine compiled, in a cache folder named after its source. */
export function benchClassPath(say: (line: string) => void): string {
  const jars = debeziumClassPath(say);
  const version = createHash('sha256').update(jars).update(readFileSync(SOURCE)).digest('hex').slice(0, 12);
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'spillway', `debezium-bench-${version}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    try {
      execFileSync('javac', ['-cp', jars, '-d', unfinished, SOURCE], { stdio: 'inherit' });
      if (!existsSync(folder)) renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return `${folder}:${jars}`;
}
