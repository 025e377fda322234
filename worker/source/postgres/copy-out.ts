import type { Socket } from 'node:net';
import type { Client, Connection, Submittable } from 'pg';
import { RowWriter, type WireRow } from './wire-row';

/** What `pg` keeps to itself of a connection whose server sends a copy; proved by every *.pg.test.ts that reads existing rows. */
interface CopyingConnection {
  readonly stream: Socket;
  query(text: string): void;
}

export interface CopiedRows {
  /** At most as many as asked for, whole rows up to the one that reached the bytes that may be kept. */
  readonly rows: readonly WireRow[];
  readonly bytes: number;
  /** Rows that came, kept or not, and what they took. */
  readonly came: number;
  readonly cameBytes: number;
}

/** One `COPY … TO STDOUT` as a query of `pg`, which has no words for it: every line to `onRow`, which may be a view on a buffer used again. */
class CopyQuery implements Submittable {
  readonly done: Promise<void>;
  private settle: { readonly resolve: () => void; readonly reject: (thrown: unknown) => void } | null = null;
  private fault: unknown = null;

  constructor(
    private readonly text: string,
    private readonly onRow: (line: Buffer) => void,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.done.catch(() => undefined);
  }

  submit(connection: Connection): null {
    (connection as unknown as CopyingConnection).query(this.text);
    return null;
  }
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.fault !== null) return;
    try {
      this.onRow(chunk);
    } catch (thrown) {
      this.fault = thrown;
    }
  }
  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    if (this.fault === null) this.settle?.resolve();
    else this.settle?.reject(this.fault);
  }
  handleError(thrown: unknown): void {
    this.settle?.reject(thrown);
  }
}

/** The rows of a SELECT of so many columns, in one go. What would take more than `keepBytes` is read and not kept. */
export async function copyRows(client: Client, select: string, columns: number, keepBytes: number): Promise<CopiedRows> {
  const writer = new RowWriter();
  const rows: WireRow[] = [];
  let [bytes, came, cameBytes] = [0, 0, 0];
  const query = new CopyQuery(`COPY (${select}) TO STDOUT`, (line) => {
    came += 1;
    cameBytes += line.length;
    if (bytes >= keepBytes) return;
    const row = writer.copied(line, columns);
    rows.push(row);
    bytes += row.end - row.afterAt;
  });
  client.query(query);
  await query.done;
  return { rows, bytes, came, cameBytes };
}

/** The rows of a SELECT as fast as they are taken: the socket is paused while `holdBytes` wait for somebody. */
export class CopyStream {
  private readonly writer = new RowWriter();
  private readonly stream: Socket;
  private rows: WireRow[] = [];
  private bytes = 0;
  private released = false;
  private state: 'running' | 'over' | { readonly fault: unknown } = 'running';
  private waiter: (() => void) | null = null;

  constructor(client: Client, select: string, columns: number, holdBytes: number) {
    this.stream = (client.connection as unknown as CopyingConnection).stream;
    const query = new CopyQuery(`COPY (${select}) TO STDOUT`, (line) => {
      if (this.released) return;
      const row = this.writer.copied(line, columns);
      this.rows.push(row);
      this.bytes += row.end - row.afterAt;
      if (this.bytes >= holdBytes) this.stream.pause();
      this.waiter?.();
    });
    const end = (state: typeof this.state) => {
      this.state = state;
      this.waiter?.();
    };
    query.done.then(
      () => end('over'),
      (fault: unknown) => end({ fault }),
    );
    client.query(query);
  }

  /** The rows that came since; empty once there are no more. Rejects with what ended the copy. One call at a time. */
  async take(): Promise<readonly WireRow[]> {
    while (this.rows.length === 0) {
      if (this.state === 'over') return [];
      if (this.state !== 'running') throw this.state.fault;
      await new Promise<void>((resolve) => {
        this.waiter = resolve;
      });
      this.waiter = null;
    }
    const { rows } = this;
    this.rows = [];
    this.bytes = 0;
    this.stream.resume();
    return rows;
  }

  /** Nobody takes any more: what still comes is not kept, and a connection that is not read would never end. */
  release(): void {
    this.released = true;
    this.rows = [];
    this.stream.resume();
  }
}
