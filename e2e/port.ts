import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** State folder of the instance that the browser tests start for themselves, beside one that may be running. */
export const E2E_STATE = join(import.meta.dirname, '..', process.env.SPILLWAY_E2E_STATE ?? '.spillway/e2e');

/** How the test processes, which read the configuration anew, know the portal's port. */
const CHOSEN = 'SPILLWAY_E2E_PORT';

/** The portal's port in this run: that of the last run while nobody else has it, else any that is free. */
export async function portOfThisRun(): Promise<number> {
  const given = Number(process.env[CHOSEN]);
  if (given) return given;
  const file = join(E2E_STATE, 'ports.json');
  const kept = existsSync(file) ? Number((JSON.parse(readFileSync(file, 'utf8')) as { portal?: number }).portal) : 0;
  const port = (await free(kept || 0)) ?? (await free(0));
  if (port === null) throw new Error('no port is free on 127.0.0.1');
  process.env[CHOSEN] = String(port);
  return port;
}

/** The port (0 = any) when it can be had, else null. */
async function free(port: number): Promise<number | null> {
  return new Promise((done) => {
    const server: Server = createServer();
    server.once('error', () => done(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(address && typeof address === 'object' ? address.port : null));
    });
  });
}
