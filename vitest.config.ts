import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const notTests = ['**/node_modules/**', '.next/**', 'dist/**', '.spillway/**', 'generated/**', 'e2e/**'];

/** What every project shares; `server-only` throws outside of a server bundle, so tests see an empty module. */
const shared = {
  resolve: {
    alias: [
      { find: /^@\//, replacement: root },
      { find: 'server-only', replacement: fileURLToPath(new URL('./node_modules/server-only/empty.js', import.meta.url)) },
    ],
  },
};

/** ms. Tests wait for conditions; only one that hangs may run into this, on a machine however slow. */
const SLOWEST = 120_000;

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          // Pure tests share one module graph a worker: twice as fast.
          isolate: false,
          // Of processes, services and whole golden files see the project below. By default a core is kept free, which on two leaves one.
          maxWorkers: '100%',
          testTimeout: SLOWEST,
          hookTimeout: SLOWEST,
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...notTests, '**/*.pg.test.ts', '**/*.kafka.test.ts', '**/*.peer.test.ts'],
        },
      },
      {
        ...shared,
        test: {
          name: 'pg',
          include: ['**/*.pg.test.ts'],
          exclude: notTests,
          globalSetup: ['worker/testing/shared-postgres.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 3 * SLOWEST,
          hookTimeout: 3 * SLOWEST,
        },
      },
      {
        ...shared,
        test: {
          name: 'kafka',
          // `.peer.test.ts`: servers that Maven brings, beside the broker.
          include: ['**/*.kafka.test.ts', '**/*.peer.test.ts'],
          exclude: notTests,
          globalSetup: ['worker/testing/shared-postgres.ts', 'worker/testing/shared-kafka.ts'],
          setupFiles: ['local/kafkajs/install.mjs'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 3 * SLOWEST,
          hookTimeout: 3 * SLOWEST,
        },
      },
    ],
  },
});
