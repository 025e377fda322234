import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monotonicMs } from './clock';

/** What the receiver says to the benchmark. Times: monotonicMs(). */
export type FromReceiver =
  | { readonly type: 'ready'; readonly port: number }
  /** So many different rows have come. */
  | { readonly type: 'all' }
  /** First arrival of each row, by its id; 0 = never. */
  | { readonly type: 'arrivals'; readonly at: Float64Array };

/** How both Spillway and Debezium show a row that has the column `id` first. */
const MARK = '"after":{"id":';

/** An HTTP receiver in a process of its own: notes when the row of each event came first, answers 200. */
const total = Number(process.argv[2]);
const arrivals = new Float64Array(total + 1);
let count = 0;

function note(body: Buffer, now: number): void {
  for (let at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, at)) {
    at += MARK.length;
    let id = 0;
    for (let digit = body[at] ?? 0; digit >= 48 && digit <= 57; digit = body[++at] ?? 0) id = id * 10 + digit - 48;
    if (arrivals[id] !== 0) continue;
    arrivals[id] = now;
    if (++count === total) tell({ type: 'all' });
  }
}

const tell = (message: FromReceiver): void => void process.send?.(message);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const now = monotonicMs();
    note(Buffer.concat(chunks), now);
    response.writeHead(200).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => tell({ type: 'ready', port: (server.address() as AddressInfo).port }));
process.on('message', () => tell({ type: 'arrivals', at: arrivals }));
process.on('disconnect', () => process.exit(0));
