import type { Catalog } from './catalog/catalog';
import { recordTimeline } from './catalog/provisions';
import { addNotice } from './catalog/states';
import type { StreamRow } from './catalog/streams';
import type { Outbox } from './outbox';
import type { Look } from './source-watch';
import { timelineNotice } from './wal-notices';

export interface TimelineWatchDeps {
  readonly catalog: Catalog;
  readonly outbox: Outbox;
  /** Up to where this worker's pipelines have settled the stream; null when it has run none. */
  readonly confirmedLsn: (streamId: string) => string | null;
}

/** Tells a failover on the timeline of each stream, once, also when nobody was looking while it happened. */
export class TimelineWatch {
  readonly #known = new Map<string, number>();
  readonly #switched = new Set<string>();

  constructor(private readonly deps: TimelineWatchDeps) {}

  note(stream: StreamRow, { facts, currentLsn, slots, at }: Look): void {
    const { provision } = stream;
    if (provision?.status !== 'ready' || provision.systemIdentifier !== facts.systemIdentifier) return;
    const recorded = provision.timeline ?? null;
    const known = recorded === null ? null : Math.max(recorded, this.#known.get(stream.id) ?? 0);
    if (known !== null && known >= facts.timeline) return;
    this.#known.set(stream.id, facts.timeline);
    const there = slots.some(({ slotName }) => slotName === provision.slotName);
    const settledLsn = this.deps.confirmedLsn(stream.id);
    const notice = timelineNotice(known, { timeline: facts.timeline, at, currentLsn, slotName: provision.slotName, there }, settledLsn);
    if (notice) this.#switched.add(stream.id);
    const { query } = this.deps.catalog;
    const detail = { timelineSwitch: { from: known, to: facts.timeline, at, currentLsn, settledLsn, slotThere: there } };
    this.deps.outbox.put(stream.id, null, async () => {
      const grew = await recordTimeline(query, stream.id, facts.timeline);
      if (grew && notice) await addNotice(query, stream.id, notice, 'wal monitor', undefined, detail);
    });
  }

  /** A failover of its server was told since this worker looks after the stream. */
  switched(streamId: string): boolean {
    return this.#switched.has(streamId);
  }

  forget(streamId: string): void {
    this.#known.delete(streamId);
    this.#switched.delete(streamId);
  }
}
