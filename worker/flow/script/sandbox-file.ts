import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SpillwayError } from '@/core/errors';

/** The bundler puts all entry points into one folder, and what is imported when it is needed into a folder below. */
const PLACES = ['./script-sandbox.mjs', '../script-sandbox.mjs'];
let chosen: string | null = null;

/** The compiled sandbox. */
export function sandboxFile(): string {
  chosen ??= PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((file) => existsSync(file)) ?? null;
  if (chosen === null) throw new SpillwayError('internal', 'the sandbox of scripts was not built: script-sandbox.mjs is missing');
  return chosen;
}

/** Where nothing was built: tests bundle one for themselves. */
export function useSandboxFile(file: string): void {
  chosen = file;
}
