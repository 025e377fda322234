import * as z from 'zod';
import { SpillwayError } from '@/core/errors';
import type { Lsn } from '@/core/postgres/lsn';
import type { OutboundEvent } from '@/worker/flow/flow';
import type { Outcome, SinkPositions } from '@/worker/sink/sink';
import { refuseSetBack } from '@/worker/source/postgres/set-back';
import type { Op } from '@/worker/source/source';
import type { Pending } from './pending';

/**
 * Place behind the last event that an exactly-once sink has. Valid on one timeline of one system: on another one the same LSNs hold
 * other transactions. `part` counts the messages of one change; `epoch` is that of the instance that wrote it.
 */
const keptPosition = z.object({
  system: z.string(),
  timeline: z.int(),
  lsn: z.string().regex(/^\d{1,20}$/),
  seq: z.int(),
  part: z.int(),
  epoch: z.int(),
});
type KeptPosition = z.infer<typeof keptPosition>;

/** Whose events come, where it wrote when the connection began, and whether the slot was made just now. */
interface Server {
  readonly systemIdentifier: string;
  readonly currentLsn: Lsn;
  readonly created: boolean;
}

/** What has a number in its transaction that is stable over restarts: changes of rows. */
const NUMBERED: ReadonlySet<Op> = new Set(['c', 'u', 'd', 't']);

/**
 * The stream's position as the sink keeps it, in the transaction of the events: what is at or before it is passed over. Rows of a
 * snapshot, logical messages, BEGIN and END of transactions and replayed letters have no number in the stream: they neither move
 * it nor are passed over, and so are at-least-once.
 */
export class KeptPositions {
  private timeline: number | null = null;
  private kept: KeptPosition | null = null;
  /** Events that the sink has may still come: over with the first one beyond them. */
  private passing = false;
  private server: Server | null = null;
  private asked = false;

  constructor(
    private readonly positions: SinkPositions,
    private readonly epoch: number,
    /** Epoch of the instance that made the slot: what earlier ones kept is of another slot, and says nothing. */
    private slotEpoch = 0,
  ) {}

  /** A connection begins; its events come from this timeline. Before the first of them. Throws position_mismatch. */
  on(timeline: number, server: Server | null = null): void {
    this.timeline = timeline;
    this.server = server;
    this.passing = true;
    if (server?.created) {
      this.slotEpoch = this.epoch;
      this.kept = null;
    }
    this.refuseSetBack();
  }

  /** Asks the sink, after it was opened. Throws `fenced` when a later instance of the stream has written, and position_mismatch. */
  async read(signal: AbortSignal): Promise<void> {
    const found = (await this.positions.read(signal)).flatMap(parsed);
    if (found.some(({ epoch }) => epoch > this.epoch)) {
      throw new SpillwayError('fenced', 'a later instance of this stream has written to the sink');
    }
    const valid = found.filter(({ epoch }) => epoch >= this.slotEpoch);
    this.kept = valid.reduce<KeptPosition | null>((latest, each) => (latest && compare(each, latest) < 0 ? latest : each), null);
    this.passing = true;
    // Asked again after an outage, the sink may know what came in since the server was looked at.
    if (!this.asked) this.refuseSetBack();
    this.asked = true;
  }

  /** The queued events that the sink has. */
  passed(queue: readonly Pending[]): Pending[] {
    const { kept, timeline } = this;
    if (!this.passing || !kept || kept.timeline !== timeline) return [];
    return queue.filter((item) => {
      const at = this.positionOf(item);
      if (!at) return false;
      const has = at.system === kept.system && compare(at, kept) <= 0;
      if (!has) this.passing = false;
      return has;
    });
  }

  /** Sends a batch that is a part of the stream, in its order, together with the position behind it. */
  async write(items: readonly Pending[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const last = items.findLast((item) => this.positionOf(item) !== null);
    const position = (last && this.positionOf(last)) ?? this.kept;
    const outcomes = await this.positions.write(
      items.map((item) => item.event as OutboundEvent),
      position ? JSON.stringify(position) : '',
      signal,
    );
    if (outcomes.every((outcome) => outcome.ok)) this.kept = position;
    return outcomes;
  }

  private refuseSetBack(): void {
    const { kept, server, timeline } = this;
    if (!kept || !server || kept.timeline !== timeline || kept.system !== server.systemIdentifier) return;
    refuseSetBack(server.currentLsn, BigInt(kept.lsn), 'the sink has its events');
  }

  private positionOf({ change, part, of }: Pending): KeptPosition | null {
    // What comes from a buffer may be of another timeline than the connection: it is at-least-once, as a replayed letter is.
    if (of.drained) return null;
    const { systemId, commitLsn, seq, fromSnapshot, readId } = change.position;
    const numbered = NUMBERED.has(change.op) && !fromSnapshot && readId === undefined;
    if (!numbered || this.timeline === null) return null;
    return { system: systemId, timeline: this.timeline, lsn: String(commitLsn), seq, part, epoch: this.epoch };
  }
}

/** By place in the stream: transactions come in the order of their commit LSNs. */
function compare(a: KeptPosition, b: KeptPosition): number {
  if (a.timeline !== b.timeline) return a.timeline - b.timeline;
  const [left, right] = [BigInt(a.lsn), BigInt(b.lsn)];
  if (left !== right) return left < right ? -1 : 1;
  return a.seq - b.seq || a.part - b.part;
}

/** What is not readable was not written by Spillway, and says nothing. */
function parsed(text: string): KeptPosition[] {
  if (text === '') return [];
  try {
    const read = keptPosition.safeParse(JSON.parse(text));
    return read.success ? [read.data] : [];
  } catch {
    return [];
  }
}
