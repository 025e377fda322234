import type { Client } from 'pg';
import { percentile } from './harness/samples';
import { connected } from './harness/server';

/** Transactions a second that the application writes meanwhile, one row each. */
const PER_SECOND = 200;

/** The source's own writes while something reads: how long each transaction took. */
export class OwnWrites {
  private readonly times: number[] = [];
  private readonly over: Promise<void>;
  private ending = false;

  private constructor(private readonly client: Client) {
    this.over = this.write();
  }

  static async start(url: string): Promise<OwnWrites> {
    const client = await connected(url);
    await client.query('create table if not exists own_writes (id bigserial primary key, at timestamptz not null, note text not null)');
    return new OwnWrites(client);
  }

  private async write(): Promise<void> {
    const began = performance.now();
    for (let at = 0; !this.ending; at++) {
      const due = began + (at * 1000) / PER_SECOND - performance.now();
      if (due > 0) await new Promise((done) => setTimeout(done, due));
      const from = performance.now();
      await this.client.query({ name: 'own', text: `insert into own_writes (at, note) values (now(), $1)`, values: [`write ${at}`] });
      this.times.push(performance.now() - from);
    }
  }

  async stop(): Promise<void> {
    this.ending = true;
    await this.over;
    await this.client.end();
  }

  /** Milliseconds a transaction. */
  figures(): { readonly p50: number; readonly p99: number } {
    const sorted = this.times.sort((a, b) => a - b);
    return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
  }
}
