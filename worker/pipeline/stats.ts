import type { LastEventDto } from '@/core/dto/stream';
import { wholeCharacters } from '@/core/utf8';
import type { Pending } from './pending';

const KEPT = 20;
/** What is shown of a payload, bytes. */
const PREVIEW_BYTES = 4096;

/** The last delivered events since the last report, and how late the latest one was. */
export class DeliveryStats {
  private recent: Pending[] = [];
  private recentAt: number[] = [];
  private lag: number | null = null;

  delivered(item: Pending, now: number): void {
    if (this.recent.length === KEPT) {
      this.recent.shift();
      this.recentAt.shift();
    }
    this.recent.push(item);
    this.recentAt.push(now);
    const committed = item.change.transaction?.commitTimeUs;
    if (committed !== undefined) this.lag = lagOf(committed, now);
  }

  /** Commit → delivered of the latest event; at least the age of the oldest transaction that is not settled. Null before the first. */
  lagMs(oldestCommitUs: bigint | null | undefined, now: number): number | null {
    if (oldestCommitUs === null || oldestCommitUs === undefined) return this.lag;
    return Math.max(this.lag ?? 0, lagOf(oldestCommitUs, now));
  }

  /** Newest first; then forgotten. */
  takeLast(): LastEventDto[] {
    const taken = this.recent.map((item, index) => lastEvent(item, this.recentAt[index] ?? 0)).reverse();
    this.recent = [];
    this.recentAt = [];
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
