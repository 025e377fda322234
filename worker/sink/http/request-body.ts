import { createHash } from 'node:crypto';
import type { OutboundEvent } from '@/worker/flow/flow';

/** A request for some events: its id stays the same over retries of the same events. */
export interface RequestBody {
  readonly id: string;
  readonly body: Buffer;
}

const OPEN = Buffer.from('[');
const CLOSE = Buffer.from('}]');
const NEXT = Buffer.from('},');

/** `[{"id":"…","key":<key>|null,"headers":{…},"value":<payload>}, …]`, `headers` only where there are any. The payloads' bytes are not touched. */
export function requestBody(batch: readonly OutboundEvent[]): RequestBody {
  const parts: Buffer[] = [OPEN];
  batch.forEach((event, index) => {
    if (index > 0) parts.push(NEXT);
    parts.push(
      Buffer.from(`{"id":${JSON.stringify(event.id)},"key":${event.key ?? 'null'},${headersOf(event)}"value":`),
      event.payload ?? Buffer.from('null'),
    );
  });
  parts.push(CLOSE);
  return { id: requestId(batch), body: Buffer.concat(parts) };
}

function headersOf({ headers }: OutboundEvent): string {
  return Object.keys(headers).length === 0 ? '' : `"headers":${JSON.stringify(headers)},`;
}

/** The event's id, or for several the first one's, their number and a hash over all. */
function requestId(batch: readonly OutboundEvent[]): string {
  const first = batch[0]?.id ?? '';
  if (batch.length === 1) return first;
  const hash = createHash('sha256');
  for (const event of batch) hash.update(event.id).update('\n');
  return `${first}+${batch.length}-${hash.digest('hex').slice(0, 12)}`;
}
