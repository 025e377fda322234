import type { Log } from '@/worker/telemetry/log';
import { type Catalog, isCatalogOutage } from './catalog/catalog';
import { pruneInspections } from './catalog/inspections';
import { insertSamples, pruneSamples, rollUpSamples, type Sample } from './catalog/samples';
import { markNotRunning, type SlotBytes, writeSlotBytes, writeStatuses } from './catalog/statuses';
import { Loop } from './loop';
import type { Supervisor } from './supervisor';

export interface ReporterDeps {
  readonly catalog: Catalog;
  readonly supervisor: Supervisor;
  /** Latest look at the slot of a stream; null when nobody has looked. */
  readonly slotBytes: (streamId: string) => { readonly retainedBytes: number | null; readonly lagBytes: number | null } | null;
  readonly log: Log;
}

const STATUS_MS = 2_000;
const SAMPLE_MS = 5_000;
const TIDY_MS = 60_000;

/** Writes figures and chart points of this worker's streams, and throws away what is past its time. */
export class Reporter {
  readonly #loops: Loop[];

  constructor(private readonly deps: ReporterDeps) {
    const loop = (everyMs: number, work: () => Promise<void>) => new Loop(everyMs, work, (thrown) => this.#failed(thrown));
    this.#loops = [loop(STATUS_MS, () => this.writeFigures()), loop(SAMPLE_MS, () => this.#sample()), loop(TIDY_MS, () => this.#tidy())];
  }

  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  async close(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.close()));
  }

  /** The figures as they stand; also called once more when the worker stops. */
  async writeFigures(): Promise<void> {
    const { catalog, supervisor } = this.deps;
    await writeStatuses(catalog.query, supervisor.figures.take(Date.now()));
    await writeSlotBytes(catalog.query, this.#slots());
    const idle = supervisor.owned().filter((stream) => !supervisor.pipelines.get(stream.id));
    await markNotRunning(
      catalog.query,
      idle.map((stream) => stream.id),
    );
  }

  #slots(): SlotBytes[] {
    return this.deps.supervisor.owned().flatMap(({ id }) => {
      const bytes = this.deps.slotBytes(id);
      return bytes ? [{ streamId: id, ...bytes }] : [];
    });
  }

  async #sample(): Promise<void> {
    const { catalog, supervisor, slotBytes } = this.deps;
    const samples = supervisor
      .owned()
      .filter(({ provision }) => provision !== null && provision.status !== 'dropped')
      .map(
        ({ id }): Sample => ({ streamId: id, retainedBytes: null, lagBytes: null, ...slotBytes(id), ...supervisor.figures.current(id) }),
      );
    await insertSamples(catalog.query, samples);
  }

  async #tidy(): Promise<void> {
    const { query } = this.deps.catalog;
    await rollUpSamples(query);
    await pruneSamples(query);
    await pruneInspections(query);
  }

  #failed(thrown: unknown): void {
    if (!isCatalogOutage(thrown)) this.deps.log.error({ err: thrown }, 'figures could not be written');
  }
}
