import { createHmac, timingSafeEqual } from 'node:crypto';

/** How the receiver behaves towards everything it gets. */
export const RECEIVER_MODES = ['accepting', 'slow', 'failing'] as const;
export type ReceiverMode = (typeof RECEIVER_MODES)[number];

/** One item of a request body, as the HTTP sink sends it. */
export interface ReceivedItem {
  readonly id: string;
  readonly key: Record<string, unknown> | null;
  readonly value: {
    readonly op: string;
    readonly before: Record<string, unknown> | null;
    readonly after: Record<string, unknown> | null;
    readonly source: Record<string, unknown>;
  };
}

/** The receiver's own rule: it refuses orders that ship to XK until it is taught that country. */
export function judge(item: ReceivedItem, knowsXk: boolean): { status: number; message?: string } {
  if (!knowsXk && item.value.after?.ship_to === 'XK')
    return { status: 422, message: 'ship_to: country XK is not in the list of countries' };
  return { status: 200 };
}

/** Standard Webhooks: `v1,` + base64 HMAC-SHA256 of `id.timestamp.body`, at most five minutes old. */
export function signatureIsValid(
  headers: Record<string, string | string[] | undefined>,
  body: string,
  secret: string,
  nowSeconds: number,
): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name] ?? ''));
  if (!id || !timestamp || !signatures || Math.abs(nowSeconds - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
