import { EventEmitter } from 'node:events';
import type { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { CopyStream } from './copy-out';

interface Query {
  handleCopyData(message: { readonly chunk: Buffer }): void;
  handleReadyForQuery(): void;
  handleError(thrown: unknown): void;
}

/** A connection on which a copy runs, and whether it is read from. */
function connection() {
  const state = { paused: false };
  const queries: Query[] = [];
  const stream = Object.assign(new EventEmitter(), {
    pause: () => {
      state.paused = true;
    },
    resume: () => {
      state.paused = false;
    },
  });
  const client = { connection: { stream }, query: (query: Query) => queries.push(query) } as unknown as Client;
  const copy = new CopyStream(client, 'select', 1, 30);
  const send = (text: string) => queries[0]?.handleCopyData({ chunk: Buffer.from(`${text}\n`) });
  return { state, copy, send, query: queries[0] };
}

describe('CopyStream', () => {
  it('is not read from while enough waits, and is again once that was taken', async () => {
    const { state, copy, send, query } = connection();
    send('a');
    expect(state.paused).toBe(false);
    send('x'.repeat(40));
    expect(state.paused).toBe(true);
    expect((await copy.take()).map(({ tuple }) => tuple)).toEqual([['a'], ['x'.repeat(40)]]);
    expect(state.paused).toBe(false);
    const next = copy.take();
    query?.handleReadyForQuery();
    expect(await next).toEqual([]);
  });

  it('is read to its end when nobody takes any more, so that its connection can end', async () => {
    const { state, copy, send, query } = connection();
    send('x'.repeat(40));
    query?.handleReadyForQuery();
    expect(state.paused).toBe(true);
    copy.release();
    send('y'.repeat(40));
    expect(state.paused).toBe(false);
    expect(await copy.take()).toEqual([]);
  });

  it('tells what ended the copy, behind the rows that came before', async () => {
    const { copy, send, query } = connection();
    send('a');
    query?.handleError(new Error('gone'));
    expect(await copy.take()).toHaveLength(1);
    await expect(copy.take()).rejects.toThrow('gone');
    const odd = connection();
    odd.send('two\tcolumns');
    odd.query?.handleReadyForQuery();
    await expect(odd.copy.take()).rejects.toThrow(/columns asked for/);
  });
});
