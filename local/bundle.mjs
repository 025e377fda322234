import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './fingerprint.mjs';
import { usedParts } from './used-parts.mjs';

/** What runs outside of Next, one bundle each: a compiled file starts three times as fast as a TypeScript loader, in half the memory. */
export const BUNDLES = {
  worker: 'worker/main.ts',
  pipeline: 'worker/pipeline/main.ts',
  'script-sandbox': 'worker/flow/script/sandbox-main.ts',
  migrate: 'local/migrate-main.ts',
  seed: 'prisma/seed.ts',
  'demo-shop': 'local/demo/shop.ts',
  'demo-receiver': 'local/demo/receiver.ts',
};

const CHUNKS = 'chunks';

/**
 * Bundles entry points into one ES module each in `outdir`, and what they import lazily into its folder `chunks`.
 * @param {Record<string, string>} entries name of the bundle → entry point, relative to the checkout
 * @param {string} [outdir]
 * @param {Record<string, string>} [alias] import path → what is bundled in its place: a benchmark's sink
 */
export async function bundle(entries = BUNDLES, outdir = join(ROOT, 'dist'), alias = {}) {
  const missing = Object.values(entries).filter((entry) => !existsSync(join(ROOT, entry)));
  if (missing.length > 0) throw new Error(`entry points are missing: ${missing.join(', ')}`);
  rmSync(join(outdir, CHUNKS), { recursive: true, force: true });
  // One build for each entry: built together, what two of them share would be a file of its own, which costs every process memory.
  await Promise.all(Object.entries(entries).map(([name, entry]) => bundleOne(name, entry, outdir, alias)));
}

/** @param {string} name @param {string} entry @param {string} outdir @param {Record<string, string>} alias */
async function bundleOne(name, entry, outdir, alias) {
  await build({ ...buildOptions(name, entry), outdir, alias });
}

/**
 * How an entry point is bundled.
 * @param {string} name @param {string} entry
 * @returns {import('esbuild').BuildOptions}
 */
export function buildOptions(name, entry) {
  return {
    absWorkingDir: ROOT,
    entryPoints: { [name]: entry },
    outExtension: { '.js': '.mjs' },
    bundle: true,
    plugins: [usedParts],
    // What is imported when it is needed stays apart: a stream that sends to no SQS does not carry its client (+10 MB of memory).
    splitting: true,
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // Each process holds a copy of the text. Names stay: they are what a stack tells.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 240,
    sourcemap: 'external',
    legalComments: 'none',
    logLevel: 'warning',
    // pg asks for its native driver only when told to; bundled CommonJS packages still call require().
    external: ['pg-native'],
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  };
}
