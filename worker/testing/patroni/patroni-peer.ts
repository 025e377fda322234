import type { IncomingMessage, ServerResponse } from 'node:http';
import pg from 'pg';
import { HttpPeer } from '../peers/http-peer';

/** How often it compares slots with its configuration, ms; Patroni's loop_wait, which is 10 s by default. */
const LOOP_MS = 200;

/**
 * Behaves towards slots and clients as Patroni 3 does (patroni/api.py: PATCH /config, GET /patroni; patroni/postgresql/slots.py): makes
 * the permanent logical slots of one database that its configuration names, and drops those that it does not name once they are
 * inactive. Ours, not Zalando's: the real one is run by `npm run patroni-failover`.
 */
export class PatroniPeer extends HttpPeer {
  readonly config: { slots: Record<string, unknown> } = { slots: {} };
  /** Answers with this status instead; null = as usual. */
  refuses: number | null = null;
  /** Its loop does nothing. */
  asleep = false;
  private timer: NodeJS.Timeout | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly client: pg.Client) {
    super();
  }

  /** `databaseUrl`: slots of this database only are its own. */
  static async start(databaseUrl: string): Promise<PatroniPeer> {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'Patroni heartbeat' });
    await client.connect();
    const peer = new PatroniPeer(client);
    await peer.up();
    peer.timer = setInterval(() => {
      peer.turn = peer.turn.then(() => peer.loop());
    }, LOOP_MS);
    return peer;
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.turn;
    await this.down();
    await this.client.end();
  }

  protected override async handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const answer = this.answer(request.method ?? 'GET', request.url ?? '/', body.toString());
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  }

  private answer(method: string, path: string, body: string): { status: number; body: unknown } {
    if (this.refuses !== null) return { status: this.refuses, body: {} };
    if (method === 'GET' && path === '/patroni')
      return { status: 200, body: { state: 'running', role: 'master', patroni: { version: '3.0.2', scope: 'shop' } } };
    if (method !== 'PATCH' || path !== '/config') return { status: 404, body: {} };
    const { slots } = JSON.parse(body) as { slots: Record<string, unknown> };
    for (const [name, slot] of Object.entries(slots)) {
      if (slot === null) delete this.config.slots[name];
      else this.config.slots[name] = slot;
    }
    return { status: 200, body: this.config };
  }

  private async loop(): Promise<void> {
    if (this.asleep) return;
    const { rows } = await this.client.query<{ slot_name: string; active: boolean }>(
      `select slot_name, active from pg_replication_slots where slot_type = 'logical' and database = current_database()`,
    );
    for (const name of Object.keys(this.config.slots))
      if (!rows.some((row) => row.slot_name === name))
        await this.client.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [name]);
    for (const { slot_name, active } of rows)
      if (!active && !(slot_name in this.config.slots)) await this.client.query('select pg_drop_replication_slot($1)', [slot_name]);
  }
}
