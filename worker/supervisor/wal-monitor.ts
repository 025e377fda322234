import type { ErrorKind } from '@/core/error-catalogue';
import { messageOf } from '@/core/errors';
import { failoverReadiness, type StandbyFacts } from '@/core/postgres/failover-readiness';
import { parseLsn } from '@/core/postgres/lsn';
import { invalidationSentence } from '@/core/postgres/slot-health';
import type { ObservedSlot } from '@/worker/source/postgres/slot-observation';
import type { Log } from '@/worker/telemetry/log';
import { type Catalog, isCatalogOutage } from './catalog/catalog';
import { type JudgedSlot, writeSlots, writeSource, writeSourceUnreachable } from './catalog/observations';
import { recordSystemIdentifier, type SourceRow, watchedSources } from './catalog/sources';
import { addNotice, asSentence } from './catalog/states';
import type { StreamRow } from './catalog/streams';
import { openSource } from './connections';
import { Loop } from './loop';
import type { Outbox } from './outbox';
import { PublicationWatch } from './publication-watch';
import { SlotMotions } from './slot-motion';
import { type Look, SourceWatch } from './source-watch';
import { StandbyWatch } from './standby-watch';
import { TimelineWatch } from './timeline-watch';
import { capLevel, capSentence, throughBuffer, walLevel, walSentence, walStatusNotice } from './wal-notices';
import { WalRate } from './wal-rate';

export interface WalMonitorDeps {
  readonly catalog: Catalog;
  readonly privateKey: string;
  readonly outbox: Outbox;
  readonly log: Log;
  /** Streams that this worker looks after. */
  readonly owned: () => readonly StreamRow[];
  /** Events that a pipeline of this worker has read and not settled; null when none runs. */
  readonly inFlightEvents: (streamId: string) => number | null;
  /** Up to where this worker's pipelines have settled the stream; null when it has run none. */
  readonly confirmedLsn: (streamId: string) => string | null;
  /** Nothing of its table comes any more. */
  readonly onTrouble: (streamId: string, kind: ErrorKind, reason: string) => void;
  /** What a look found of a slot, for the pipeline that reads it. */
  readonly onRetained: (streamId: string, wal: { readonly retainedBytes: number | null; readonly budgetBytes: number }) => void;
  readonly onSlotLost: (streamId: string, reason: string, detail: Record<string, unknown>) => void;
}

/** What is remembered of a stream's slot between two looks. */
interface SlotMemory {
  readonly retainedBytes: number | null;
  readonly lagBytes: number | null;
  readonly walStatus: string | null;
  readonly level: number;
  readonly capLevel: number;
  /** Looks in a row that did not find the slot. */
  readonly missing: number;
}

const SOURCES_MS = 3_000;
/** A slot that one look does not find may be just in the making. */
const MISSING_LOOKS = 2;

/** Watches the slots of every source server: what the portal shows of them, and the first to say that a slot is lost. */
export class WalMonitor {
  readonly #watches = new Map<string, { readonly stamp: string; readonly watch: SourceWatch; readonly standbys: StandbyWatch }>();
  readonly #memory = new Map<string, SlotMemory>();
  readonly #motions = new SlotMotions();
  readonly #timelines: TimelineWatch;
  readonly #publications: PublicationWatch;
  readonly #failing = new Set<string>();
  readonly #loop: Loop;

  constructor(private readonly deps: WalMonitorDeps) {
    this.#publications = new PublicationWatch(deps);
    this.#timelines = new TimelineWatch(deps);
    this.#loop = new Loop(
      SOURCES_MS,
      () => this.#followSources(),
      (thrown) => this.#failed(thrown),
    );
  }

  start(): void {
    this.#loop.start();
  }

  async close(): Promise<void> {
    await this.#loop.close();
    await Promise.all([...this.#watches.values()].flatMap(({ watch, standbys }) => [watch.close(), standbys.close()]));
  }

  /** Latest look at a stream's slot; null when nobody has looked. */
  slotBytes(streamId: string): { readonly retainedBytes: number | null; readonly lagBytes: number | null } | null {
    const memory = this.#memory.get(streamId);
    return memory ? { retainedBytes: memory.retainedBytes, lagBytes: memory.lagBytes } : null;
  }

  async #followSources(): Promise<void> {
    const sources = await watchedSources(this.deps.catalog.query);
    for (const source of sources) {
      const known = this.#watches.get(source.id);
      if (known?.stamp === source.stamp) continue;
      void known?.watch.close();
      void known?.standbys.close();
      const standbys = new StandbyWatch(
        () => openSource(source, this.deps.privateKey),
        (thrown) => this.#failed(thrown),
      );
      const watch = this.#watch(source, standbys);
      this.#watches.set(source.id, { stamp: source.stamp, watch, standbys });
      standbys.start();
      watch.start();
    }
    for (const [id, { watch, standbys }] of this.#watches) {
      if (sources.some((source) => source.id === id)) continue;
      void watch.close();
      void standbys.close();
      this.#watches.delete(id);
    }
    const owned = new Set(this.deps.owned().map((stream) => stream.id));
    for (const id of this.#memory.keys()) {
      if (owned.has(id)) continue;
      this.#memory.delete(id);
      this.#motions.forget(id);
      this.#timelines.forget(id);
      this.#publications.forget(id);
    }
  }

  #watch(source: SourceRow, standbys: StandbyWatch): SourceWatch {
    const { catalog, privateKey, log } = this.deps;
    const rate = new WalRate();
    return new SourceWatch(
      () => openSource(source, privateKey),
      () => PublicationWatch.names(this.#streamsOf(source.id)),
      async (look) => {
        if (this.#failing.delete(source.id)) log.info({ source: source.name }, 'source answers again');
        rate.add(parseLsn(look.currentLsn), performance.now());
        const ours = this.#streamsOf(source.id);
        for (const stream of ours) {
          this.#timelines.note(stream, look);
          this.#judge(stream, look);
          this.#publications.judge(stream, look.asked, look.publications);
        }
        await writeSlots(catalog.query, source.id, this.#withVerdicts(ours, look, source.patroniUrl !== null, standbys.besides(look.at)));
        await writeSource(catalog.query, source.id, look.facts, rate.bytesPerSec());
        if (source.systemIdentifier === null) await recordSystemIdentifier(catalog.query, source.id, look.facts.systemIdentifier);
      },
      async (thrown) => {
        if (!this.#failing.has(source.id)) log.warn({ source: source.name, err: thrown }, 'source cannot be looked at');
        this.#failing.add(source.id);
        await writeSourceUnreachable(catalog.query, source.id, messageOf(thrown));
      },
      (thrown) => this.#failed(thrown),
    );
  }

  #streamsOf(sourceId: string): readonly StreamRow[] {
    return this.deps.owned().filter((stream) => stream.provision?.sourceId === sourceId);
  }

  #withVerdicts(ours: readonly StreamRow[], look: Look, patroni: boolean, standbys: readonly StandbyFacts[] | null): JudgedSlot[] {
    const failoverSlots = look.slots.filter(({ failover }) => failover).map(({ slotName }) => slotName);
    return look.slots.map((slot) => {
      const stream = ours.find(({ provision }) => provision?.slotName === slot.slotName);
      if (!stream) return slot;
      const facts = { paused: stream.desired === 'paused', inFlightEvents: this.deps.inFlightEvents(stream.id) };
      const { slotName, failover } = slot;
      const verdict = throughBuffer(this.#motions.judge(stream.id, slot, look, facts), stream.state);
      if (!standbys) return { ...slot, verdict };
      const { versionNum } = look.facts;
      return { ...slot, verdict, failoverVerdict: failoverReadiness({ slotName, failover, patroni, failoverSlots, standbys, versionNum }) };
    });
  }

  /** What one look means for one stream. */
  #judge(stream: StreamRow, look: Look): void {
    const { provision } = stream;
    if (provision?.status !== 'ready' || stream.desired === 'retired') {
      this.#memory.delete(stream.id);
      return;
    }
    const slot = look.slots.find((seen) => seen.slotName === provision.slotName) ?? null;
    const before = this.#memory.get(stream.id);
    const level = before?.level ?? shownLevel(stream);
    const capped = before?.capLevel ?? 0;
    if (!slot) {
      const missing = (before?.missing ?? 0) + 1;
      this.#memory.set(stream.id, { retainedBytes: null, lagBytes: null, walStatus: null, level, capLevel: capped, missing });
      // Before its snapshot is done, the pipeline makes the slot anew by itself; on another server it is the pipeline that says so.
      const settled = provision.consistentPoint !== null && (provision.snapshotState === 'done' || provision.snapshotState === 'none');
      const sameServer = provision.systemIdentifier === look.facts.systemIdentifier;
      if (settled && sameServer && missing >= MISSING_LOOKS) {
        const why = this.#timelines.switched(stream.id)
          ? 'is not on the server that was promoted: it had not been synced to that standby when the failover came'
          : 'is gone from the server: somebody dropped it';
        this.deps.onSlotLost(stream.id, `slot ${provision.slotName} ${why}`, { slotName: provision.slotName });
      }
      return;
    }
    this.deps.onRetained(stream.id, { retainedBytes: slot.retainedBytes, budgetBytes: provision.walBudgetBytes });
    const present = slot.retainedBytes === null ? level : walLevel(level, slot.retainedBytes, provision.walBudgetBytes);
    this.#memory.set(stream.id, {
      retainedBytes: slot.retainedBytes,
      lagBytes: slot.lagBytes,
      walStatus: slot.walStatus,
      level: present,
      capLevel: capLevel(capped, slot.safeWalSize, look.facts.maxSlotWalKeepBytes),
      missing: 0,
    });
    if ((slot.walStatus === 'lost' || slot.invalidationReason) && provision.consistentPoint !== null) {
      const { invalidationReason, walStatus } = slot;
      this.deps.onSlotLost(stream.id, `slot ${provision.slotName} is lost: ${invalidationSentence(invalidationReason)}`, {
        invalidationReason,
        walStatus,
      });
      return;
    }
    if (present !== level) this.#noteLevel(stream, slot, provision.walBudgetBytes, present);
    const cap = look.facts.maxSlotWalKeepBytes;
    for (const notice of [
      walStatusNotice(before?.walStatus ?? null, slot.walStatus),
      capSentence(capped, capLevel(capped, slot.safeWalSize, cap), slot.safeWalSize, cap),
    ])
      if (notice) this.deps.outbox.put(stream.id, null, () => addNotice(this.deps.catalog.query, stream.id, notice, 'wal monitor'));
  }

  #noteLevel(stream: StreamRow, slot: ObservedSlot, budgetBytes: number, level: number): void {
    const retainedBytes = slot.retainedBytes ?? 0;
    const sentence = walSentence(level, retainedBytes, budgetBytes);
    const notice = { level, retainedBytes, budgetBytes, sentence: asSentence(sentence), at: new Date().toISOString() };
    this.deps.log.warn({ stream: stream.name, level, retainedBytes, budgetBytes }, 'retained WAL against its budget');
    this.deps.outbox.put(stream.id, null, () => addNotice(this.deps.catalog.query, stream.id, sentence, 'wal monitor', notice));
  }

  #failed(thrown: unknown): void {
    if (!isCatalogOutage(thrown)) this.deps.log.error({ err: thrown }, 'the wal monitor failed');
  }
}

/** The level that an earlier worker already told. */
function shownLevel(stream: StreamRow): number {
  const notice = stream.stateDetail?.walNotice;
  const level = typeof notice === 'object' && notice !== null ? (notice as { level?: unknown }).level : null;
  return typeof level === 'number' ? level : 0;
}
