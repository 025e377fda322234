// node local/complete-lockfile.mjs: adds to package-lock.json the packages for other systems that the registry in use did not offer.
// npm writes an optional package into the lock file only when it can read about it, and then `npm ci` refuses the lock file it wrote.
// The version is the one that the parent pins; the integrity is left to npm on the system that needs the package.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'x64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32'];

/**
 * @typedef {{ version?: string, optionalDependencies?: Record<string, string>, peerDependenciesMeta?: object, dev?: boolean }} Entry
 * @param {Record<string, Entry>} packages `packages` of a package-lock.json
 * @returns {Record<string, object>} the entries that are missing
 */
export function missingEntries(packages) {
  /** @type {Record<string, object>} */
  const missing = {};
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const isThere = `${path}/node_modules/${name}` in packages || `node_modules/${name}` in packages;
      if (isThere || !/^\d+\.\d+\.\d+/.test(version)) continue;
      missing[`node_modules/${name}`] = entryOf(name, version, dev);
    }
  }
  return missing;
}

/** @param {string} name @param {string} version @param {boolean | undefined} dev */
function entryOf(name, version, dev) {
  const words = name.split(/[/-]/);
  const processor = words.includes('wasm32') ? 'wasm32' : PROCESSORS.find((each) => words.includes(each) || words.includes(`${each}hf`));
  const system = SYSTEMS.find((each) => words.includes(each));
  return {
    version,
    ...(processor ? { cpu: [processor] } : words.includes('gnueabihf') ? { cpu: ['arm'] } : {}),
    ...(dev ? { dev: true } : {}),
    ...(words.includes('musl') ? { libc: ['musl'] } : {}),
    optional: true,
    ...(system ? { os: [system] } : {}),
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock.packages);
  const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(Object.keys(missing).length === 0 ? 'package-lock.json is complete' : `added ${Object.keys(missing).join(', ')}`);
}
