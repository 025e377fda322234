import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './fingerprint.mjs';

/**
 * @typedef {object} Outcome
 * @property {boolean} ok
 * @property {number} seconds
 * @property {string} output standard output and error, empty when it was shown while it came
 */

/**
 * Runs a command of an installed package in the checkout.
 * @param {string} command name in node_modules/.bin, or a path
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, show?: boolean }} [options] show = straight to the console
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { env = {}, show = false } = {}) {
  const began = performance.now();
  return new Promise((done) => {
    const path = command.includes('/') ? command : join(ROOT, 'node_modules/.bin', command);
    const child = spawn(path, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    const finish = (/** @type {boolean} */ ok) => done({ ok, seconds: (performance.now() - began) / 1000, output: output.trimEnd() });
    child.once('error', (error) => {
      output += error.message;
      finish(false);
    });
    child.once('close', (code) => finish(code === 0));
  });
}
