import type { TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import type { CheckStep } from '@/core/dto/inspection';
import { AddressRefused, type AllowedRanges, type Resolve, rangeOf, resolveAllowed } from '@/worker/network/address-policy';
import { describeConnectionError } from '@/worker/network/connection-error';
import { withDeadline } from '@/worker/network/deadline';
import { connectTo } from '@/worker/network/guarded-connector';

export interface HttpCheck {
  readonly url: URL;
  readonly allowed: AllowedRanges;
  readonly resolve: Resolve;
  readonly connector: buildConnector.connector;
  readonly signed: boolean;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 10_000;

/** Walks the way to the receiver up to an open connection. Sends no request: a receiver could take it for an event. */
export async function checkHttp(check: HttpCheck): Promise<CheckStep[]> {
  const steps = await connectionSteps(check);
  steps.push(
    check.signed
      ? { name: 'Signature', status: 'ok', finding: 'Requests are signed with HMAC-SHA256 (Standard Webhooks).' }
      : {
          name: 'Signature',
          status: 'warning',
          finding: 'No signing secret: the receiver cannot tell our requests from others.',
          remedy: 'Add a signing secret (whsec_ followed by base64) here and at the receiver.',
        },
    {
      name: 'Delivery',
      status: 'skipped',
      finding: 'No request was sent. The first event shows whether the receiver knows the path and accepts the signature.',
    },
  );
  return steps;
}

async function connectionSteps({ url, allowed, resolve, connector, signal }: HttpCheck): Promise<CheckStep[]> {
  const steps: CheckStep[] = [];
  try {
    const addresses = await withDeadline(signal, TIMEOUT_MS, () => resolveAllowed(url.hostname, allowed, resolve));
    const found = addresses.map(({ address }) => `${address} (${rangeOf(address)})`).join(', ');
    steps.push({ name: 'Address', status: 'ok', finding: `${url.hostname} is ${found}.` });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const remedy =
      error instanceof AddressRefused
        ? 'Give a public address, or let a platform admin allow private addresses for this target.'
        : 'Check the host name in the URL.';
    return [{ name: 'Address', status: 'failed', finding: describeConnectionError(error), remedy }];
  }
  try {
    const socket = await withDeadline(signal, TIMEOUT_MS, () => connectTo(connector, url));
    steps.push({ name: 'Connection', status: 'ok', finding: `${url.host} accepts connections.` }, encryption(url, socket as TLSSocket));
    socket.destroy();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    steps.push({
      name: 'Connection',
      status: 'failed',
      finding: `${url.host}: ${describeConnectionError(error)}.`,
      remedy: 'Check that the receiver runs, its port, its certificate and the firewalls between.',
    });
  }
  return steps;
}

function encryption(url: URL, socket: TLSSocket): CheckStep {
  if (url.protocol === 'https:') {
    return { name: 'Encryption', status: 'ok', finding: `${socket.getProtocol() ?? 'TLS'}; the certificate is valid for ${url.hostname}.` };
  }
  return { name: 'Encryption', status: 'warning', finding: 'Events travel unencrypted over http.', remedy: 'Use an https URL.' };
}
