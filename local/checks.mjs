import { fingerprint, isFresh, stamp } from './fingerprint.mjs';
import { run } from './run.mjs';
import { structureBreaches } from './structure.mjs';

/** @typedef {{ name: string, ok: boolean, seconds: number, output: string }} Check */

/**
 * Everything that needs no service and no build: format and lint, types, structure.
 * @returns {Promise<Check[]>}
 */
export async function staticChecks() {
  await generateClient();
  const [lint, types] = await Promise.all([run('biome', ['check', '--colors=off']), run('tsc', ['--noEmit', '--pretty', 'false'])]);
  const began = performance.now();
  const breaches = structureBreaches();
  const structure = { ok: breaches.length === 0, seconds: (performance.now() - began) / 1000, output: breaches.join('\n') };
  return [
    { name: 'format, lint and boundaries', ...lint },
    { name: 'types', ...types },
    { name: 'structure', ...structure },
  ];
}

/** One line for each check; what a failed one said follows. @param {Check[]} checks */
export function printChecks(checks) {
  for (const { name, ok, seconds, output } of checks) {
    console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name}  ${seconds.toFixed(1)} s`);
    if (!ok) console.log(output);
  }
}

/** The types of the catalog client are generated; npm may have been told not to run the script that does it. */
async function generateClient() {
  const inputs = ['prisma/schema.prisma', 'prisma/models', 'package-lock.json', 'generated/prisma/client.ts'];
  if (isFresh('client types', fingerprint(inputs))) return;
  const { ok, output } = await run('prisma', ['generate']);
  if (!ok) throw new Error(output);
  stamp('client types', fingerprint(inputs));
}
