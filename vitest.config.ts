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

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          // Pure tests share one module graph a worker: twice as fast.
          isolate: false,
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...notTests, '**/*.pg.test.ts', '**/*.kafka.test.ts'],
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
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'kafka',
          include: ['**/*.kafka.test.ts'],
          exclude: notTests,
          globalSetup: ['worker/testing/shared-postgres.ts', 'worker/testing/shared-kafka.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
