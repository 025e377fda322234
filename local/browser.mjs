import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const DEFAULT = '/usr/bin/chromium';

/**
 * The Chromium for the browser tests: CHROMIUM_PATH, the system's, or one installed with apt-get when root.
 * @param {(line: string) => void} say
 * @returns {{ path: string } | { missing: string }} missing = why there is none, for a person
 */
export function chromium(say) {
  const wanted = process.env.CHROMIUM_PATH ?? DEFAULT;
  if (existsSync(wanted)) return { path: wanted };
  if (process.env.CHROMIUM_PATH) return { missing: `no Chromium at CHROMIUM_PATH (${wanted})` };
  if (process.getuid?.() !== 0) return { missing: `no Chromium at ${DEFAULT}; install it, or set CHROMIUM_PATH` };
  say('installing Chromium with apt-get');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
  const { status, stderr } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
    env,
    encoding: 'utf8',
  });
  if (status === 0 && existsSync(DEFAULT)) return { path: DEFAULT };
  return {
    missing: `apt-get could not install Chromium: ${
      String(stderr ?? '')
        .trim()
        .split('\n')[0]
    }`,
  };
}
