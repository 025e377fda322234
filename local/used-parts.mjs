import { join, sep } from 'node:path';
import { ROOT } from './fingerprint.mjs';
import { replacementOf } from './kafkajs/replaced.mjs';

const WORKER = join(ROOT, 'worker') + sep;
const PG_CONNECTION = join('node_modules', 'pg', 'lib', 'connection.js');

/**
 * What the worker uses of libraries whose index loads everything that they can do. Each process holds its own copy of the text and of what it
 * makes of it, and there is one for each stream: undici's index brings fetch, WebSocket, caches and mocks (half a megabyte of text),
 * that of pg-logical-replication decoders of other plugins (and protobufjs, where it is installed).
 * @type {Readonly<Record<string, string>>}
 */
const PARTS = {
  undici: `
import Agent from 'undici/lib/dispatcher/agent.js';
import api from 'undici/lib/api/index.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import { getGlobalDispatcher } from 'undici/lib/global.js';
// As undici's index does: the calls are methods of every dispatcher.
Object.assign(Dispatcher.prototype, api);
export { Agent };
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
export { default as buildConnector } from 'undici/lib/core/connect.js';
export function request(url, { dispatcher = getGlobalDispatcher(), ...options } = {}) {
  const { origin, pathname, search } = new URL(url);
  return dispatcher.request({ method: options.body ? 'PUT' : 'GET', ...options, origin, path: pathname + search });
}
`,
  // pg makes a Response to see whether it runs in a Cloudflare worker, which makes Node load its own fetch: a third of a start.
  './stream': `
import { Socket } from 'node:net';
import { connect } from 'node:tls';
export const getStream = () => new Socket();
export const getSecureStream = (options) => connect(options);
`,
  'pg-logical-replication': `export { LogicalReplicationService } from 'pg-logical-replication/dist/logical-replication-service.js';`,
};

/** Bundles these parts where a file of the worker imports the library; an import of any other part fails the build, which names it. @type {import('esbuild').Plugin} */
export const usedParts = {
  name: 'used-parts',
  setup(build) {
    const named = /^(undici|pg-logical-replication|\.\/stream)$/;
    build.onResolve({ filter: named }, ({ path, importer, resolveDir }) => {
      const ours = path === './stream' ? importer.endsWith(PG_CONNECTION) : importer.startsWith(WORKER);
      return ours ? { path, namespace: 'used-parts', pluginData: resolveDir } : undefined;
    });
    build.onResolve({ filter: /\/(request|groupMessagesPerPartition|requestQueue)$/ }, ({ path, resolveDir }) => {
      const ours = replacementOf(join(resolveDir, path));
      return ours === undefined ? undefined : { path: ours };
    });
    build.onLoad({ filter: named, namespace: 'used-parts' }, ({ path, pluginData }) => ({
      contents: PARTS[path] ?? '',
      resolveDir: pluginData,
      loader: 'js',
    }));
  },
};
