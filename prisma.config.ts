import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

// Prisma's native schema engine comes from a download that closed networks refuse; this drop-in speaks the same
// protocol with the WebAssembly build of the same engine. Set the variable yourself to use a native engine.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= fileURLToPath(new URL('./local/schema-engine.mjs', import.meta.url));

export default defineConfig({
  schema: 'prisma',
  migrations: { path: 'prisma/migrations', seed: 'tsx prisma/seed.ts' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgres://nobody:none@127.0.0.1:1/none' },
});
