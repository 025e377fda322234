import { promises as dns, type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Name → addresses; replaceable so that tests can play a resolver that lies. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export const systemResolve: Resolve = (hostname) => dns.lookup(hostname, { all: true, verbatim: true });

/** Kinds of addresses (ipaddr.js' range names) that a sink may connect to. */
export type AllowedRanges = ReadonlySet<string>;

/** Only addresses of the public internet. */
export const PUBLIC_ONLY: AllowedRanges = new Set(['unicast']);
/**
 * Also a company's own networks and this machine. Never link-local: that is where clouds keep the credentials
 * of the machine (169.254.169.254).
 */
export const PRIVATE_TOO: AllowedRanges = new Set(['unicast', 'private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

/** The connection was not made because the address is not one that this sink may talk to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Kind of an address; IPv4 inside IPv6 is seen through. */
export function rangeOf(address: string): string {
  try {
    return ipaddr.process(address.split('%')[0] ?? address).range();
  } catch {
    return 'unreadable';
  }
}

export function assertAllowed(hostname: string, address: string, allowed: AllowedRanges): void {
  const range = rangeOf(address);
  if (!allowed.has(range)) {
    throw new AddressRefused(
      `${hostname === address ? address : `${hostname} is ${address}, which`} is not a permitted address (${range})`,
    );
  }
}

/**
 * All addresses of a host, each of them checked: one that may not be used makes the whole name unusable, since
 * the next lookup could give only that one. The caller must connect to what is returned, never to the name again.
 */
export async function resolveAllowed(hostname: string, allowed: AllowedRanges, resolve: Resolve): Promise<readonly LookupAddress[]> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(literal);
  const found = family ? [{ address: literal, family }] : await resolve(literal);
  if (found.length === 0) throw new Error(`${hostname} has no address`);
  for (const { address } of found) assertAllowed(literal, address, allowed);
  return found;
}
