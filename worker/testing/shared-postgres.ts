import { SHARED_POSTGRES, startPostgres } from './postgres';

/** Global set-up of the test projects that need a server: one for the whole run, stopped after it. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres({ settings: { max_slot_wal_keep_size: '1GB' } });
  process.env[SHARED_POSTGRES] = server.url;
  return () => server.stop();
}
