import { randomUUID } from 'node:crypto';
import { SpillwayError } from '@/core/errors';
import type { SourceItem } from '@/worker/source/source';

export const HEARTBEAT_PREFIX = 'spillway.heartbeat';
/** At most one heartbeat in this time, ms. */
const INTERVAL_MS = 60_000;
/** Only when nothing came on the stream for this long, ms. */
const QUIET_MS = 30_000;
/** A heartbeat that has not come back after so many intervals, with nothing else moving, means that the stream is dead. */
const LOST_AFTER = 3;

export interface HeartbeatDeps {
  /** Writes the message on the source. False when the server takes no writes: then there are no heartbeats. */
  readonly beat: (content: string) => Promise<boolean>;
  /** Reading is held back by us, so silence says nothing. */
  readonly paused: () => boolean;
  readonly onLost: (silentMs: number) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/**
 * Proof of life of one connection from end to end: a message written on the source has to come back on the stream. A walsender that
 * only answers keepalives would look alive for ever. A source that sends anything by itself is never written to, and streams of one
 * database hear each other's heartbeats, so an idle database gets about one small message a minute however many streams it has.
 */
export class Heartbeat {
  private heardAt: number;
  /** Something other than a keepalive came since the last tick: what comes by the hundred thousand does not read the clock. */
  private heard = false;
  private movedAt: number;
  private walEnd = 0n;
  private beatAt = Number.NEGATIVE_INFINITY;
  private awaited: { readonly content: string; readonly since: number } | null = null;
  private unable = false;
  private lost = false;

  constructor(private readonly deps: HeartbeatDeps) {
    this.heardAt = deps.now();
    this.movedAt = this.heardAt;
  }

  hear(item: SourceItem): void {
    if (item.kind === 'keepalive') {
      // A server that decodes a large transaction of others moves on without sending anything.
      if (item.walEnd > this.walEnd) this.movedAt = this.deps.now();
      this.walEnd = item.walEnd;
      return;
    }
    this.heard = true;
    if (this.awaited && item.kind === 'message' && item.message.prefix === HEARTBEAT_PREFIX) {
      if (String(item.message.content) === this.awaited.content) this.awaited = null;
    }
  }

  /** To be called about once a second. */
  tick(): void {
    const { now, paused, onLost } = this.deps;
    const at = now();
    if (this.heard || paused()) {
      this.heard = false;
      this.heardAt = at;
      this.movedAt = at;
    }
    if (paused()) return;
    if (this.lost || this.unable) return;
    if (this.awaited) {
      const silent = at - Math.max(this.awaited.since, this.movedAt);
      if (silent < LOST_AFTER * INTERVAL_MS) return;
      this.lost = true;
      onLost(silent);
    } else if (at - this.heardAt > QUIET_MS && at - this.beatAt >= INTERVAL_MS) void this.beat(at);
  }

  private async beat(at: number): Promise<void> {
    this.beatAt = at;
    const content = randomUUID();
    this.awaited = { content, since: at };
    try {
      if (await this.deps.beat(content)) return;
      this.unable = true;
    } catch {
      // The probe's own connection failed: says nothing about the stream, and is tried again after the interval.
    }
    if (this.awaited?.content === content) this.awaited = null;
  }
}

/** Watches one connection until stopped. `lost` rejects when the stream is dead although its connection looks alive. */
export function watchConnection(deps: Omit<HeartbeatDeps, 'onLost'>): { heartbeat: Heartbeat; lost: Promise<never>; stop: () => void } {
  let onLost: (ms: number) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    onLost = (ms) => reject(new SpillwayError('source_unreachable', `A heartbeat has not come back for ${Math.round(ms / 1000)} s`));
  });
  lost.catch(() => undefined);
  const heartbeat = new Heartbeat({ ...deps, onLost: (ms) => onLost(ms) });
  const timer = setInterval(() => heartbeat.tick(), 1_000);
  return { heartbeat, lost, stop: () => clearInterval(timer) };
}
