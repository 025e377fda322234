import type { LastEventDto } from '@/core/dto/stream';
import { wholeCharacters } from '@/core/utf8';
import type { Pending } from './pending';

const KEPT = 20;
/** What is shown of a payload, bytes. */
const PREVIEW_BYTES = 4096;

/** The last delivered events since the last report, and how late the latest one was. */
export class DeliveryStats {
  /** In a ring: the next one comes to `count` modulo its size. */
  private recent: Pending[] = [];
  private recentAt: number[] = [];
  private count = 0;
  private latest: { readonly commitTimeUs: bigint } | null = null;
  private latestAt = 0;

  delivered(item: Pending, now: number): void {
    const place = this.count++ % KEPT;
    this.recent[place] = item;
    this.recentAt[place] = now;
    const { transaction } = item.change;
    if (transaction === null) return;
    this.latest = transaction;
    this.latestAt = now;
  }

  /** Commit → delivered of the latest event; at least the age of the oldest transaction that is not settled. Null before the first. */
  lagMs(oldestCommitUs: bigint | null | undefined, now: number): number | null {
    const lag = this.latest && lagOf(this.latest.commitTimeUs, this.latestAt);
    if (oldestCommitUs === null || oldestCommitUs === undefined) return lag;
    return Math.max(lag ?? 0, lagOf(oldestCommitUs, now));
  }

  /** Newest first; then forgotten. */
  takeLast(): LastEventDto[] {
    const taken: LastEventDto[] = [];
    for (let place = this.count - 1; place >= Math.max(0, this.count - KEPT); place -= 1) {
      const item = this.recent[place % KEPT];
      if (item) taken.push(lastEvent(item, this.recentAt[place % KEPT] ?? 0));
    }
    this.recent = [];
    this.recentAt = [];
    this.count = 0;
    return taken;
  }
}

/** Milliseconds; never negative, though the server's clock may be ahead of ours. */
function lagOf(commitTimeUs: bigint, now: number): number {
  return Math.max(0, Math.round(now - Number(commitTimeUs / 1000n)));
}

function lastEvent({ event, change }: Pending, deliveredAt: number): LastEventDto {
  const committed = change.transaction?.commitTimeUs;
  return {
    eventId: event?.id ?? '',
    op: event?.op ?? change.op,
    key: event?.key ?? null,
    committedAt: committed === undefined ? null : new Date(Number(committed / 1000n)).toISOString(),
    deliveredAt: new Date(deliveredAt).toISOString(),
    bytes: event?.payload?.length ?? 0,
    payload: preview(event?.payload ?? null),
  };
}

/** Cut between characters, never inside one. */
function preview(payload: Buffer | null): string {
  if (payload === null) return 'null';
  if (payload.length <= PREVIEW_BYTES) return payload.toString('utf8');
  return `${wholeCharacters(payload.subarray(0, PREVIEW_BYTES))}…`;
}
