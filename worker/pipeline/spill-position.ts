import type { Lsn } from '@/core/postgres/lsn';
import { refuseSetBack } from '@/worker/source/postgres/set-back';
import type { Change } from '@/worker/source/source';
import type { Pending } from './pending';
import { type PlaceInStream, placeOf, reaches } from './place-in-stream';

/** How far the source's changes have come into the buffer, ever: what comes again up to there is not put in again. */
export class SpillPosition {
  private at: PlaceInStream | null = null;
  private passing = true;
  private source: { readonly systemId: string; readonly timeline: number; readonly currentLsn: Lsn | null } | null = null;

  /** Of the source; null before its first connection. */
  get systemId(): string | null {
    return this.source?.systemId ?? null;
  }

  /** A connection begins; its changes come from this timeline. Throws position_mismatch. */
  on(systemId: string, timeline: number, slot: { readonly currentLsn: Lsn; readonly created: boolean } | null): void {
    this.source = { systemId, timeline, currentLsn: slot?.currentLsn ?? null };
    this.passing = true;
    // The place up to which changes of another slot were kept says nothing about a new one.
    if (slot?.created) this.at = null;
    this.refuseSetBack();
  }

  /** The buffer says how far it has come. */
  found(position: PlaceInStream | null): void {
    this.at = position;
    this.passing = true;
  }

  /** A batch has got in; null = nothing in it has a place in the stream. */
  landed(position: PlaceInStream | null): void {
    if (position) this.at = position;
  }

  placeOf(change: Change): PlaceInStream | null {
    return placeOf(change, this.source?.timeline ?? null);
  }

  /** Of these, the ones that are in the buffer or were, and come again after a crash. */
  passed(items: readonly Pending[]): Pending[] {
    return this.passing ? items.filter((item) => this.passes(item)) : [];
  }

  /** Throws position_mismatch. */
  refuseSetBack(): void {
    const { at, source } = this;
    if (!at || !source || source.currentLsn === null) return;
    if (at.system !== source.systemId || at.timeline !== source.timeline) return;
    refuseSetBack(source.currentLsn, BigInt(at.lsn), 'its changes are in the durable buffer or went through it');
  }

  private passes({ change }: Pending): boolean {
    const place = this.placeOf(change);
    if (!place) return false;
    const has = reaches(this.at, place);
    if (!has) this.passing = false;
    return has;
  }
}
