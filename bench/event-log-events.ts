import type { OutboundEvent } from '@/worker/flow/flow';

/** Bytes of a Debezium envelope of an insert of ten mixed columns. */
const PAYLOAD_BYTES = 520;
const FILLER = 'lorem ipsum dolor sit amet "quoted" grüße '.repeat(12);
const textOf = (headLength: number) => JSON.stringify(FILLER.slice(0, PAYLOAD_BYTES - headLength - 60));
/** JSON text that fills a payload of usual length. */
export const NOTE = textOf(120);

/** Batches as the pipeline hands them to a sink: `count` events in all, `size` a batch, each event's id its own. */
export function* batchesOf(count: number, size: number, run: string): Generator<OutboundEvent[]> {
  for (let from = 0; from < count; from += size) {
    yield Array.from({ length: Math.min(size, count - from) }, (_, at) => eventOf(from + at, run));
  }
}

function eventOf(n: number, run: string): OutboundEvent {
  const lsn = 4_000_000_000n + BigInt(n) * 120n;
  const head = `{"before":null,"after":{"id":${n},"uuid":"0b9c8a7e-1f2d-4c3b-8a9e-${String(n).padStart(12, '0')}","qty":${n % 97},"price":"12.50","open":true,"note":`;
  const note = textOf(head.length);
  return {
    id: `${run}/${lsn.toString(16)}/${n % 1000}`,
    position: { systemId: '7', commitLsn: lsn, seq: n % 1000, fromSnapshot: false },
    op: 'c',
    schema: 'public',
    table: 'orders',
    key: `{"id":${n}}`,
    payload: Buffer.from(`${head}${note}},"op":"c","ts_ms":1795200000000}`),
    contentType: 'application/json',
    headers: {},
    commitTimeUs: 1_795_200_000_000_000n + BigInt(n),
  };
}
