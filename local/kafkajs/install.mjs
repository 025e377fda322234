import { createRequire, Module } from 'node:module';
import { REPLACED } from './replaced.mjs';

const require = createRequire(import.meta.url);

/** Run before kafkajs is loaded, which then uses what the bundles carry in the place of files of its own. */
for (const [theirs, ours] of Object.entries(REPLACED)) {
  const file = require.resolve(`kafkajs/src/${theirs}`);
  const exports = require(`./${ours}`);
  require.cache[file] = Object.assign(new Module(file), { filename: file, loaded: true, exports });
}
