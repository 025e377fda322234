import type pg from 'pg';

/** Messages of COPY that pg's connection can send though none of its own queries does (pg 8, lib/connection.js). */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * `COPY … FROM STDIN` of data that is all there, as one statement and so one transaction. Rejects with the server's DatabaseError, after
 * which the connection can be used, or with what broke the connection.
 */
export function copyIn(client: pg.Client, text: string, data: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const copy = {
      // pg puts a timer of query_timeout around this, which ends when it is called.
      callback: (error?: Error | null) => (error ? reject(error) : resolve()),
      submit: (connection: CopyConnection) => connection.query(text),
      handleCopyInResponse(connection: CopyConnection) {
        connection.sendCopyFromChunk(data);
        connection.endCopyFrom();
      },
      handleCommandComplete() {},
      handleError: (error: Error) => copy.callback(error),
      handleReadyForQuery: () => copy.callback(null),
    };
    client.query(copy as unknown as pg.Submittable);
  });
}
