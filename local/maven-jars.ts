import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What Maven and Java bring can not be had on this machine; the message says why in words for a person. */
export class JarsUnavailable extends Error {}

export interface Jars {
  /** Folder beside this file with the pom.xml that names versions. */
  readonly folder: 'kafka' | 'elasticmq' | 'apicurio';
  /** The program in words, with its article. */
  readonly what: string;
  /** Its pom.xml names archives to unpack, not dependencies. */
  readonly unpack?: boolean;
}

/**
 * Folder with the jars of a program and of all it needs, fetched once from Maven Central by the versions in its pom.xml.
 * Throws JarsUnavailable when Java 17 or Maven is missing and can not be installed, or when Maven Central does not answer.
 */
export function mavenJars({ folder: name, what, unpack = false }: Jars, say: (line: string) => void): string {
  const pom = fileURLToPath(new URL(`./${name}/pom.xml`, import.meta.url));
  const version = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'spillway', `${name}-${version}`);
  needJava(what, say);
  if (existsSync(folder)) return folder;
  needMaven(what, say);
  say(`fetching ${what} from Maven Central`);
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const all = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
  const goal = ['-q', '-B', '-f', pom, ...(unpack ? ['dependency:unpack'] : all), `-DoutputDirectory=${unfinished}`];
  try {
    execFileSync('mvn', goal, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000 });
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (existsSync(folder)) return folder; // another process was faster
    throw new JarsUnavailable(`Maven could not fetch ${what}: ${outputOf(error)}`);
  }
  return folder;
}

/** The version of an artifact that a pom.xml here asks for, and so the one that runs. */
export function pinnedVersion(folder: Jars['folder'], artifactId: string): string {
  const pom = readFileSync(new URL(`./${folder}/pom.xml`, import.meta.url), 'utf8');
  const version = new RegExp(`<artifactId>${artifactId}</artifactId>\\s*<version>([^<]+)</version>`).exec(pom)?.[1];
  if (!version) throw new Error(`local/${folder}/pom.xml does not name ${artifactId}`);
  return version;
}

function needJava(what: string, say: (line: string) => void): void {
  if (javaVersion() >= 17) return;
  installPackage('openjdk-17-jre-headless', `${what} needs Java 17`, say);
  if (javaVersion() < 17) throw new JarsUnavailable(`${what} needs Java 17, and the java on the PATH is older`);
}

/** Major version of the `java` on the PATH; 0 when there is none. */
function javaVersion(): number {
  try {
    // `java -version` prints to standard error, `--version` (Java 9 and newer) to standard output.
    return Number(/(\d+)/.exec(execFileSync('java', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function needMaven(what: string, say: (line: string) => void): void {
  if (isThere('mvn')) return;
  installPackage('maven', `Maven fetches ${what}`, say);
}

function installPackage(name: string, why: string, say: (line: string) => void): void {
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
    throw new JarsUnavailable(`${why}, and it is not installed (package ${name}; only root can install it from here)`);
  }
  say(`installing ${name} with apt-get: ${why}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new JarsUnavailable(`apt-get could not install ${name}: ${outputOf(error)}`);
  }
}

function isThere(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function outputOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const output = 'stderr' in error && 'stdout' in error ? `${error.stderr}${error.stdout}`.trim() : '';
  return (output || error.message).split('\n').slice(0, 5).join('\n');
}
