import pg from 'pg';
import type { OutboundEvent } from '@/worker/flow/flow';
import type { Writer } from './event-log';

const COLUMNS = 'stream, event_id, key_text, op, schema_name, table_name, commit_lsn, seq, committed_at, payload';

/** What Postgres itself takes: COPY of each batch in text form, in a transaction of its own; what comes again would be refused. */
export const copyRows: Writer = async (url) => {
  const client = await connected(url);
  return {
    write: (batch) => copyText(client, `copy event_log (${COLUMNS}) from stdin`, Buffer.from(batch.map(textRow).join(''))),
    close: () => client.end(),
  };
};

/** What most programs do: one INSERT of many rows with a parameter for each value, which leaves out what comes again. */
export const multiRowInsert: Writer = async (url) => {
  const client = await connected(url);
  return {
    async write(batch) {
      const values: unknown[] = [];
      const tuples = batch.map(
        (event) =>
          `(${rowOf(event)
            .map((value) => `$${values.push(value)}`)
            .join(',')})`,
      );
      await client.query(`insert into event_log (${COLUMNS}) values ${tuples.join(',')} on conflict (stream, event_id) do nothing`, values);
    },
    close: () => client.end(),
  };
};

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

function rowOf(event: OutboundEvent): string[] {
  const { position } = event;
  const at = new Date(Number((event.commitTimeUs ?? 0n) / 1000n)).toISOString();
  const own = [event.id, event.key ?? '', event.op, event.schema, event.table, String(position.commitLsn), String(position.seq)];
  return ['bench', ...own, at, String(event.payload)];
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const textRow = (event: OutboundEvent): string =>
  `${rowOf(event)
    .map((value) => value.replace(/[\\\n\r\t]/g, (found) => ESCAPES[found] ?? found))
    .join('\t')}\n`;

/** COPY from stdin over pg's own connection, which has the messages but no query class for them. */
function copyText(client: pg.Client, text: string, data: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    const copy = {
      submit: (connection: CopyConnection) => connection.query(text),
      handleCopyInResponse(connection: CopyConnection) {
        connection.sendCopyFromChunk(data);
        connection.endCopyFrom();
      },
      handleCommandComplete() {},
      handleError(error: Error) {
        failure = error;
        reject(error);
      },
      handleReadyForQuery() {
        if (!failure) resolve();
      },
    };
    client.query(copy as unknown as pg.Submittable);
  });
}

interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(data: Buffer): void;
  endCopyFrom(): void;
}
