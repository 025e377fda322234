import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { monotonicMs } from './clock';

export interface WriterStart {
  readonly url: string;
  /** $1 and $2: the first and the last id of a transaction. */
  readonly statement: string;
  readonly rowsPerSecond: number;
  readonly rowsPerTransaction: number;
  readonly rows: number;
  readonly connections: number;
}
/** Commit of each row by its id from 1, monotonicMs(); 0 = not written. */
export type FromWriter = { readonly type: 'written'; readonly at: Float64Array };

/** A process that commits at a steady rate and notes when each COMMIT was answered; what it falls behind it makes up for. */
process.once('message', (start: WriterStart) => {
  void write(start).then(
    (at) => process.send?.({ type: 'written', at } satisfies FromWriter),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));

async function write({ url, statement, rowsPerSecond, rowsPerTransaction, rows, connections }: WriterStart): Promise<Float64Array> {
  const at = new Float64Array(rows + 1);
  const perMs = rowsPerSecond / rowsPerTransaction / 1000;
  let next = 0;
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  const began = monotonicMs();
  const one = async (client: pg.Client): Promise<void> => {
    while (next * rowsPerTransaction < rows) {
      if (next >= (monotonicMs() - began) * perMs) {
        await sleep(1);
        continue;
      }
      const first = next++ * rowsPerTransaction + 1;
      const last = Math.min(rows, first + rowsPerTransaction - 1);
      await client.query({ name: 'write', text: statement, values: [first, last] });
      at.fill(monotonicMs(), first, last + 1);
    }
  };
  await Promise.all(clients.map(one));
  await Promise.all(clients.map((client) => client.end()));
  return at;
}
