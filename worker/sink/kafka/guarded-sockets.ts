import { lookup } from 'node:dns';
import { isIP, type LookupFunction, connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { AddressRefused, assertAllowed, rangeOf } from '@/worker/network/address-policy';

/** Sockets of one Kafka session: checked before they connect, and all ended together. */
export interface GuardedSockets {
  readonly create: ISocketFactory;
  destroyAll(): void;
}

/**
 * Brokers name further brokers in their metadata, so a hostile one could make us talk to 127.0.0.1:5432. An
 * advertised address may be no more private than the registered brokers are: public brokers lead to public ones only.
 */
export function guardedSockets(registered: readonly string[]): GuardedSockets {
  const trusted = new Set(registered.map(hostOf));
  const allowed = new Set(['unicast']);
  const live = new Set<Socket>();
  let ended = false;

  function check(host: string, address: string): void {
    if (trusted.has(host)) {
      const range = rangeOf(address);
      // Link-local is where clouds keep the credentials of the machine.
      if (range === 'linkLocal') throw new AddressRefused(`${host} is a link-local address`);
      allowed.add(range);
    } else assertAllowed(host, address, allowed);
  }

  const checkedLookup: LookupFunction = (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      try {
        for (const { address } of addresses) check(host, address);
      } catch (refused) {
        return callback(refused as NodeJS.ErrnoException, []);
      }
      const first = addresses[0];
      if (options.all || !first) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };

  return {
    create({ host, port, ssl, onConnect }) {
      if (ended) throw new Error('the session has ended');
      // Node asks no lookup for an IP literal.
      if (isIP(host)) check(host, host);
      const socket = ssl
        ? tlsConnect({ host, port, lookup: checkedLookup, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
        : netConnect({ host, port, lookup: checkedLookup }, onConnect);
      socket.setKeepAlive(true, 30_000);
      socket.setNoDelay(true);
      live.add(socket);
      socket.once('close', () => live.delete(socket));
      return socket;
    },
    destroyAll() {
      ended = true;
      // With an error: kafkajs listens to `end` and `error`, and would wait for ever after a bare `close`.
      for (const socket of live) socket.destroy(new Error('the session has ended'));
    },
  };
}

function hostOf(broker: string): string {
  return broker.slice(0, broker.lastIndexOf(':'));
}
