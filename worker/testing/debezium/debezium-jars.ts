import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Version of Debezium in pom.xml. */
export const DEBEZIUM_VERSION =
  /debezium-embedded<\/artifactId><version>([^<]+)/.exec(readFileSync(here('pom.xml'), 'utf8'))?.[1] ?? 'unknown';

/**
 * Class path of Debezium Engine and of DiffEngine.java: the jars of pom.xml from Maven Central and the compiled class, in a cache
 * folder named after both files. Needs `mvn` and a JDK of 17 or later on the PATH.
 */
export function debeziumClassPath(say: (line: string) => void): string {
  const version = createHash('sha256')
    .update(readFileSync(here('pom.xml')))
    .update(readFileSync(here('DiffEngine.java')))
    .digest('hex');
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'spillway', `debezium-${version.slice(0, 12)}`);
  if (!existsSync(folder)) {
    say(`fetching Debezium ${DEBEZIUM_VERSION} from Maven Central`);
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    try {
      const goal = [
        '-q',
        '-B',
        '-f',
        here('pom.xml'),
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${unfinished}`,
      ];
      execFileSync('mvn', goal, { stdio: ['ignore', 'inherit', 'inherit'], timeout: 300_000 });
      execFileSync('javac', ['-cp', join(unfinished, '*'), '-d', unfinished, here('DiffEngine.java')], { stdio: 'inherit' });
      if (!existsSync(folder)) renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return `${folder}:${join(folder, '*')}`;
}
