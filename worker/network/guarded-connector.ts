import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { type AllowedRanges, type Resolve, resolveAllowed } from './address-policy';

type Connected = Socket | TLSSocket;

/**
 * undici's connector, but the name is resolved here, every address checked, and the checked address is the one
 * connected to: undici's own `lookup` option is not asked for IP literals, and a name checked before and resolved
 * again at connect time can change in between (DNS rebinding). SNI, certificate and Host header keep the name.
 */
export function guardedConnector(allowed: AllowedRanges, resolve: Resolve, timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs });
  return (options, callback) => {
    const attempt = async (): Promise<Connected> => {
      const name = options.hostname.replace(/^\[|\]$/g, '');
      const addresses = await resolveAllowed(name, allowed, resolve);
      const servername = options.servername || (isIP(name) ? '' : name);
      let failure: unknown;
      for (const { address } of addresses) {
        try {
          return await connectOnce(connect, { ...options, hostname: address, servername });
        } catch (error) {
          failure = error;
        }
      }
      throw failure;
    };
    attempt().then(
      (socket) => callback(null, socket),
      (error) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

/** One connection for a test of the way, to be destroyed by the caller. */
export function connectTo(connector: buildConnector.connector, url: URL): Promise<Connected> {
  return connectOnce(connector, {
    hostname: url.hostname,
    host: url.host,
    protocol: url.protocol,
    port: url.port || (url.protocol === 'https:' ? '443' : '80'),
  });
}

function connectOnce(connect: buildConnector.connector, options: buildConnector.Options): Promise<Connected> {
  return new Promise((resolve, reject) => {
    connect(options, (...[error, socket]) => (error ? reject(error) : resolve(socket as Connected)));
  });
}
