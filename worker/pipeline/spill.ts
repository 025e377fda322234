import { messageOf, SpillwayError } from '@/core/errors';
import type { SpillReason } from '@/core/policy/spilling';
import type { Lsn } from '@/core/postgres/lsn';
import type { SpillSpec } from '@/core/spec/spill';
import { backOff } from '@/worker/recovery/retry';
import type { Drained, Pending } from './pending';
import type { PlaceInStream } from './place-in-stream';
import { type AdmissionDeps, SpillAdmission } from './spill-admission';
import { packChanges } from './spill-codec';
import { SpillPosition } from './spill-position';
import { SpillRates } from './spill-rates';
import { type ReadBackDeps, SpillReadBack } from './spill-read-back';
import type { SpillPlace } from './spill-store';
import { takeChanges } from './take-changes';
import { WakeUp } from './wake-up';

export interface SpillDeps extends Pick<AdmissionDeps, 'room'>, ReadBackDeps {
  readonly place: SpillPlace;
  readonly spec: SpillSpec;
  /** Live messages are in the buffer, or were there before. */
  readonly onEnded: (items: readonly Pending[], ending: 'spilled' | 'passed') => void;
  /** So many changes are in the buffer that this process found. */
  readonly onFound: (events: number) => void;
  /** Something that the delivery loop has to look at. */
  readonly onChange: () => void;
  readonly close: () => Promise<void>;
  readonly now: () => number;
  readonly random: () => number;
}

/** A batch whose statement was sent. */
interface Written {
  readonly ordinal: number;
  readonly events: number;
  readonly items: readonly Pending[];
  readonly bytes: number;
  readonly oldestAt: number;
  /** The source sends it again: it need not be tried again. */
  dropped: boolean;
}

/** Few changes wait this long for company, ms: a batch is a row. */
const LINGER_MS = 20;
const FEW = 100;
const LONGEST_WAIT_MS = 5_000;
const FINISH_MS = 3_000;

/**
 * The way around a sink that is down: live messages go to the durable buffer, in order, and come back out of it, in order. While
 * `diverting` everything live goes in behind what is there, and the delivery loop sends only what comes out; both go on side by side.
 */
export class Spill {
  readonly rates = new SpillRates();
  private waiting: Pending[] = [];
  private written: Written | null = null;
  private nextOrdinal = 1;
  private bytes = 0;
  private oldest: number | null = null;
  private readonly position = new SpillPosition();
  private known = false;
  private because: SpillReason | 'left' | null = null;
  private hurry = false;
  private refused: string | null = null;
  private placed = false;
  private working: Promise<void> | null = null;
  private stopping = false;
  private fatal: unknown = null;
  private trouble: { readonly since: number; readonly message: string } | null = null;
  private readonly pause = new WakeUp();

  private readonly admission: SpillAdmission;
  private readonly back: SpillReadBack;

  constructor(private readonly deps: SpillDeps) {
    const { room, now, onChange } = deps;
    this.admission = new SpillAdmission({ ...(room ? { room } : {}), now, onChange, onDue: () => this.go() });
    this.back = new SpillReadBack(
      deps,
      () => this.rates.out(1),
      (bytes) => this.removed(bytes),
    );
  }

  /** What the buffer holds is known. Before that nothing may be delivered. */
  get ready(): boolean {
    return this.known;
  }
  /** Live messages go to the buffer. */
  get diverting(): boolean {
    return this.because !== null;
  }
  get reason(): SpillReason | 'left' | null {
    return this.because;
  }
  /** Live messages must not wait for the end of the buffer: the sink is down, or the source's WAL is in danger. */
  get urgent(): boolean {
    return this.hurry;
  }
  /** The buffer holds nothing, and nothing is on its way there. */
  get empty(): boolean {
    return this.known && this.written === null && this.working === null && this.back.empty && !this.more;
  }
  /** There is something in the buffer that was not read back yet. */
  get more(): boolean {
    return this.back.nextOrdinal < this.nextOrdinal;
  }
  /** The first batch that was read back has ended and is still in the buffer. */
  get done(): boolean {
    return this.back.done;
  }
  /** It holds as much as it may. */
  get full(): boolean {
    return this.bytes >= this.deps.spec.maxBytes;
  }
  /** Why nothing is put into any buffer now; null when there is room. */
  get barred(): string | null {
    return this.admission.barred;
  }
  /** It holds nothing and takes nothing, and nothing of unknown fate is on its way there: what waits for it had better try the sink itself. */
  get useless(): boolean {
    const holds = this.written !== null || !this.back.empty || this.more;
    return this.known && !holds && (this.barred !== null || this.trouble !== null);
  }
  /** Why the buffer does not take anything, and since when; null when it does. */
  get fault(): { readonly since: number; readonly message: string } | null {
    return this.trouble;
  }
  /** Why this stream may not spill; null when it may or nobody has asked. */
  get refusal(): string | null {
    return this.refused;
  }
  /** Bytes as stored, and the commit time of the oldest change, ms. */
  get held(): { readonly bytes: number; readonly oldestAt: number | null } {
    return { bytes: this.bytes, oldestAt: this.back.oldestAt ?? this.oldest };
  }

  /** A connection begins; its changes come from this timeline. Before the first of them. Throws position_mismatch. */
  on(systemId: string, timeline: number, slot: { readonly currentLsn: Lsn; readonly created: boolean } | null = null): void {
    this.position.on(systemId, timeline, slot);
  }

  /** Rejects with what ends the process: another instance has the buffer. */
  check(): void {
    if (this.fatal) throw this.fatal;
  }

  /** Takes the buffer over. What it holds is delivered before anything else. Throws fenced and position_mismatch. */
  async open(): Promise<void> {
    const found = await this.deps.store.open();
    this.known = true;
    this.nextOrdinal = found.nextOrdinal;
    this.back.nextOrdinal = found.firstOrdinal;
    this.bytes = found.bytes;
    this.oldest = found.oldestAt;
    this.position.found(found.position);
    this.position.refuseSetBack();
    this.deps.onFound(found.events);
    if (this.more) this.because = 'left';
  }

  /** Whether events may be kept where the buffer is, asked once, and there is room for them now. Rejects with catalog_unavailable. */
  async allowed(): Promise<boolean> {
    const { systemId } = this.position;
    if (systemId === null) return false;
    if (!this.placed) {
      this.refused = await this.deps.place(systemId);
      this.placed = true;
    }
    return this.refused === null && !this.admission.waits && (await this.admission.ask());
  }

  /** From now on live messages go to the buffer, these first. */
  divert(items: readonly Pending[], because: SpillReason): void {
    this.because ??= because;
    this.hurry = true;
    this.push(items);
  }

  /** Live messages, in stream order. */
  push(items: readonly Pending[]): void {
    for (const item of items) this.waiting.push(item);
    this.go();
  }

  /** Of these, the ones that are in the buffer or were, and come again after a crash. */
  passed(items: readonly Pending[]): Pending[] {
    return this.position.passed(items);
  }

  urge(urgent: boolean): void {
    this.hurry = urgent;
    if (urgent) this.go();
  }

  /** Forgets what waits to be put into the buffer: the connection is gone and it all comes again. */
  clear(): void {
    this.waiting = [];
    if (this.written) this.written.dropped = true;
  }

  /** The next batch out of the buffer. Rejects with catalog_unavailable. */
  async next(): Promise<Pending[]> {
    return this.more ? this.back.next() : [];
  }

  /** A change of the buffer has ended: the sink has it, or recovery. */
  ended(drained: Drained): void {
    this.back.ended(drained);
  }

  /** Removes what has ended. Rejects with fenced and catalog_unavailable. */
  settle(): Promise<void> {
    return this.back.settle();
  }

  /** The buffer is empty: what is live goes directly again, these first. */
  release(): Pending[] {
    this.deps.failpoint('spill_switch');
    this.because = null;
    this.hurry = false;
    return this.waiting.splice(0);
  }

  /** At a clean end: what was delivered does not come again. */
  async finish(): Promise<void> {
    this.stopping = true;
    this.pause.ring();
    if (!this.known) return;
    const late = new Promise<void>((resolve) => setTimeout(resolve, FINISH_MS).unref());
    await Promise.race([late, this.working]);
    try {
      await this.back.leave();
    } catch (thrown) {
      // It comes again, with the same ids.
      if (!(thrown instanceof SpillwayError)) throw thrown;
    }
  }

  close(): Promise<void> {
    return this.deps.close();
  }

  private removed(bytes: number): void {
    this.bytes = Math.max(0, this.bytes - bytes);
    if (this.back.empty && !this.more) this.oldest = null;
    this.go();
  }

  /** Nothing may be put in now: there is nothing, no room, or the little that is left is delivered soon and live messages follow directly. */
  private get idle(): boolean {
    if (this.written) return false;
    return this.admission.waits || this.waiting.length === 0 || this.full || (!this.hurry && !this.more);
  }

  private go(): void {
    if (this.working || !this.diverting || this.stopping || this.idle) return;
    // Not before this returns: what is settled on the way may push more, which must find it working.
    this.working = Promise.resolve()
      .then(() => this.work())
      .finally(() => {
        this.working = null;
        this.go();
        this.deps.onChange();
      });
  }

  private async work(): Promise<void> {
    for (let failures = 0; !this.stopping && !this.idle; ) {
      try {
        if (this.written) await this.find(this.written);
        if (this.waiting.length < FEW) await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
        await this.write();
        failures = 0;
        if (this.trouble) {
          this.trouble = null;
          this.deps.onChange();
        }
      } catch (thrown) {
        if (!(thrown instanceof SpillwayError) || thrown.kind !== 'catalog_unavailable') {
          this.fatal = thrown;
          return;
        }
        failures++;
        this.trouble ??= { since: this.deps.now(), message: messageOf(thrown) };
        this.deps.onChange();
        await this.pause.sleep(Math.min(LONGEST_WAIT_MS, backOff(failures, this.deps.random())));
      }
    }
  }

  private async write(): Promise<void> {
    const { store, failpoint, onEnded } = this.deps;
    if (!(await this.admission.ask())) return;
    const passed = this.passed(this.waiting);
    if (passed.length > 0) {
      const gone = new Set(passed);
      this.waiting = this.waiting.filter((item) => !gone.has(item));
      onEnded(passed, 'passed');
    }
    const { items, changes } = takeChanges(this.waiting);
    if (changes.length === 0) return;
    this.waiting.splice(0, items.length);
    failpoint('spill_insert');
    const [first] = changes;
    const oldestAt = first?.transaction ? Number(first.transaction.commitTimeUs / 1000n) : this.deps.now();
    const places = changes.map((change) => this.position.placeOf(change));
    const written: Written = { ordinal: this.nextOrdinal, events: changes.length, items, bytes: 0, oldestAt, dropped: false };
    this.written = written;
    const body = await packChanges(changes);
    this.written = { ...written, bytes: body.length, dropped: this.written.dropped };
    const position = places.findLast((place) => place !== null) ?? null;
    const added = await store.append({ ordinal: written.ordinal, events: changes.length, body, oldestAt, position });
    if (!added) return this.find(this.written);
    failpoint('spill_stored');
    this.landed(this.written, position);
  }

  /** Asks the buffer whether a batch arrived of which the answer was lost. */
  private async find(written: Written): Promise<void> {
    const found = await this.deps.store.open();
    this.position.found(found.position);
    if (found.nextOrdinal === written.ordinal + written.events) this.landed(written, found.position);
    else {
      this.written = null;
      if (!written.dropped) this.waiting.unshift(...written.items);
    }
  }

  private landed(written: Written, position: PlaceInStream | null): void {
    this.written = null;
    this.nextOrdinal = written.ordinal + written.events;
    this.bytes += written.bytes;
    this.oldest ??= written.oldestAt;
    this.position.landed(position);
    this.rates.in(written.events);
    this.deps.onEnded(written.items, 'spilled');
    this.deps.onChange();
  }
}
