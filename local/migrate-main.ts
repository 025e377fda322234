import { migrate } from './migrate';

/** dist/migrate.mjs: applies the migrations to DATABASE_URL and ends. For set-ups that the launcher does not run. */
const url = process.env.DATABASE_URL;
if (!url) {
  console.error('DATABASE_URL is not set: give the catalog as postgres://user:password@host:port/database');
  process.exit(1);
}
try {
  const applied = await migrate(url);
  console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'the catalog is up to date');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
