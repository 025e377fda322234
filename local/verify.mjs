// npm run verify: everything that is quick and needs no service. Under 30 seconds.
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { install, requireNode } from './install.mjs';

chdir(fileURLToPath(new URL('..', import.meta.url)));
requireNode();
install((line) => console.log(line));
const { printChecks, staticChecks } = await import('./checks.mjs');
const { run } = await import('./run.mjs');

const began = performance.now();
const checks = await staticChecks();
checks.push({ name: 'unit tests', ...(await run('vitest', ['run', '--project', 'unit', '--reporter=default', '--no-color'])) });
printChecks(checks);
const failed = checks.filter(({ ok }) => !ok).length;
console.log(
  `${failed === 0 ? 'verified' : `${failed} of ${checks.length} failed`} in ${((performance.now() - began) / 1000).toFixed(1)} s`,
);
process.exit(failed === 0 ? 0 : 1);
