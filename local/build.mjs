import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUNDLES, bundle } from './bundle.mjs';
import { fingerprint, isFresh, ROOT, stamp } from './fingerprint.mjs';

const LIBRARIES = ['package-lock.json', 'tsconfig.json'];
const SCHEMA = ['prisma/schema.prisma', 'prisma/models', 'package-lock.json'];
const PORTAL = [
  ...LIBRARIES,
  ...SCHEMA,
  'app',
  'components',
  'core',
  'public',
  'next.config.ts',
  'postcss.config.mjs',
  'proxy.ts',
  'instrumentation.ts',
];
const WORKER = [...LIBRARIES, ...SCHEMA, 'core', 'worker', 'prisma/seed.ts', 'local'];

/**
 * Builds what changed since the last time: the Prisma client, the bundles, the portal.
 * @param {(line: string) => void} say one line for each part that is built
 * @param {AbortSignal} [signal] ends what is being built
 */
export async function buildAll(say, signal) {
  await part('prisma client', SCHEMA, ['generated/prisma/client.ts'], say, () => run('prisma', ['generate'], signal));
  await part(
    'bundles',
    WORKER,
    Object.keys(BUNDLES).map((name) => `dist/${name}.mjs`),
    say,
    () => bundle(),
  );
  await part('portal', PORTAL, ['.next/BUILD_ID'], say, () => run('next', ['build'], signal));
}

/** @param {string} name @param {string[]} inputs @param {string[]} outputs @param {(line: string) => void} say @param {() => Promise<void>} make */
async function part(name, inputs, outputs, say, make) {
  const wanted = fingerprint(inputs);
  if (isFresh(name, wanted) && outputs.every((output) => existsSync(join(ROOT, output)))) return;
  const began = performance.now();
  await make();
  stamp(name, wanted);
  say(`built the ${name} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

/** Runs a package's command; its output is shown only when it fails. @param {string} command @param {string[]} args @param {AbortSignal | undefined} signal @returns {Promise<void>} */
function run(command, args, signal) {
  return new Promise((done, failed) => {
    const child = spawn(join(ROOT, 'node_modules/.bin', command), args, {
      cwd: ROOT,
      signal,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', failed);
    child.once('close', (code) =>
      code === 0 ? done() : failed(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output.trimEnd()}`)),
    );
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await buildAll((line) => console.log(line));
    console.log('up to date');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
