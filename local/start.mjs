// The way in: needs Node and nothing else. Installs the packages when they are missing or changed, then launches.
import { chdir } from 'node:process';
import { install, requireNode } from './install.mjs';

chdir(new URL('..', import.meta.url).pathname);
requireNode();
install((line) => console.log(line));
process.env.NODE_ENV ??= 'production';
const { register } = await import('tsx/esm/api');
register();
await import('./launcher.ts');
