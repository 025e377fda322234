import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Arrival } from '../invariants';
import { HttpPeer } from '../peers/http-peer';

/** How the receiver behaves to every request; `ack-lost` keeps the events and cuts the connection, every second time. */
export type PeerMode = 'well' | 'slow' | 'down' | 'flapping' | 'partial' | 'ack-lost';

export interface TimedArrival extends Arrival {
  /** ms since the epoch. */
  readonly at: number;
  /** Epoch of the instance that sent it; not known of the event log. */
  readonly epoch?: number;
}

const SLOW_MS = 250;
const SHARE = { flapping: 0.5, partial: 0.3, 'ack-lost': 0.5 } as const;

/** An HTTP receiver that notes in a ledger what it took, by the path of the stream, and refuses poison for ever. */
export class LedgerPeer extends HttpPeer {
  mode: PeerMode = 'well';
  /** Keys that are refused for as long as this says so; poison is refused for ever. */
  refusing: (key: number) => boolean = () => false;
  private readonly ledgers = new Map<string, TimedArrival[]>();

  constructor(
    private readonly random: () => number,
    private readonly isPoison: (key: number) => boolean,
  ) {
    super();
  }

  protected override async handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const stream = (request.url ?? '/').slice(1);
    if (this.mode === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    if (this.mode === 'down' || this.draws('flapping')) return void response.writeHead(503).end();
    const answers = this.take(stream, Number(request.headers['x-spillway-epoch']), JSON.parse(body.toString()));
    if (this.draws('ack-lost')) return void request.socket.destroy();
    response.writeHead(207, { 'content-type': 'application/json' }).end(JSON.stringify(answers));
  }
  ledger(stream: string): TimedArrival[] {
    const ledger = this.ledgers.get(stream) ?? [];
    this.ledgers.set(stream, ledger);
    return ledger;
  }

  private draws(mode: keyof typeof SHARE): boolean {
    return this.mode === mode && this.random() < SHARE[mode];
  }
  private take(
    stream: string,
    epoch: number,
    items: { id: string; key: unknown; value: Arrival['value'] }[],
  ): { id: string; status: number }[] {
    return items.map(({ id, key, value }) => {
      const number = Number((key as { id?: unknown } | null)?.id);
      if (this.isPoison(number) || this.refusing(number)) return { id, status: 422 };
      if (this.draws('partial')) return { id, status: 503 };
      this.ledger(stream).push({ eventId: id, key: JSON.stringify(key), value, at: Date.now(), epoch });
      return { id, status: 200 };
    });
  }
}
