import { SpillwayError } from '@/core/errors';
import type { RecoverySpec } from '@/core/spec/recovery';
import type { Flow, OutboundEvent } from '@/worker/flow/flow';
import { scopeOf } from '@/worker/recovery/park';
import type { FailedEvent, KeyLetters, ReadRow, ReplayStore, StoredLetter, WaitingEvent } from '@/worker/recovery/recovery';
import { DELIVERED, type DeliveryError, type Outcome, type Sink, type SinkLimits } from '@/worker/sink/sink';
import { type Change, eventId, type PlainChange } from '@/worker/source/source';
import { storeChange } from '@/worker/source/stored-change';
import type { Condition } from './condition';
import { Delivery } from './delivery';
import { InFlight, settledToken } from './in-flight';
import { type Ending, type Pending, pendingOf, transform } from './pending';
import { keyOrderOf, RecoveryDesk } from './recovery-desk';
import { Spill, type SpillDeps } from './spill';

/** An insert into public.t of a row with this key, in a transaction of its own. */
export function changeOf(n: number, key: string | null): PlainChange {
  const commitLsn = BigInt(n * 100);
  return {
    op: 'c',
    relation: { oid: 1, schema: 'public', table: 't', replicaIdentity: 'default', columns: [] },
    before: null,
    beforeKind: 'none',
    after: [key, String(n)],
    lsn: commitLsn,
    position: { systemId: 'sys', commitLsn, seq: 0, fromSnapshot: false },
    transaction: { xid: n, commitLsn, commitTimeUs: 1_000_000n, previousCommitLsn: null },
    wireBytes: 10,
  };
}

/** The key is the first column, the payload the second. A row whose second column is `throw` has none. */
export const plainFlow: Flow = {
  transform(change) {
    const [key, text] = change.after ?? [];
    if (text === 'throw') throw new Error('cannot be made');
    const event: OutboundEvent = {
      id: eventId(change.position),
      position: change.position,
      op: change.op,
      schema: change.relation.schema,
      table: change.relation.table,
      key: typeof key === 'string' ? key : null,
      payload: Buffer.from(String(text)),
      contentType: 'application/json',
      headers: {},
      commitTimeUs: 1_000_000n,
    };
    return { kind: 'events', events: [event] };
  },
  keyOf: ({ after }) => (typeof after?.[0] === 'string' ? after[0] : null),
};

/** A sink that keeps what it took; `judge` says why it refuses an event, `judgeBatch` why it refuses them all. */
export class ScriptedSink implements Sink {
  readonly delivered: string[] = [];
  readonly batches: string[][] = [];
  judge: (text: string, key: string | null) => DeliveryError | null = () => null;
  judgeBatch: (texts: readonly string[]) => DeliveryError | null = () => null;

  constructor(
    readonly limits: SinkLimits = { maxBatchEvents: 50, maxBatchBytes: 1_000_000, maxEventBytes: 1_000, partialOutcomes: true },
  ) {}

  async open(): Promise<void> {}
  async check() {
    return [];
  }
  async close(): Promise<void> {}

  async write(batch: readonly OutboundEvent[]): Promise<readonly Outcome[]> {
    await new Promise((resolve) => setImmediate(resolve));
    const texts = batch.map((event) => String(event.payload));
    this.batches.push(texts);
    const whole = this.judgeBatch(texts);
    if (whole) return batch.map(() => ({ ok: false, error: whole }));
    let stopped: DeliveryError | null = null;
    return batch.map((event, index): Outcome => {
      const text = texts[index] as string;
      stopped ??= this.judge(text, event.key);
      const error = stopped;
      if (this.limits.partialOutcomes) stopped = null;
      if (error) return { ok: false, error };
      this.delivered.push(text);
      return DELIVERED;
    });
  }
}

interface MemoryLetter extends StoredLetter {
  status: 'open' | 'parked' | 'replaying';
  readonly order: string;
  readonly attempts: number;
}

/** What the memory counts of a letter. */
export const LETTER_BYTES = 1_000;

/** The dead_letter table in memory. `down` makes every call fail like a stopped catalog. */
export class MemoryLetters implements ReplayStore {
  letters: MemoryLetter[] = [];
  resolved: string[] = [];
  down = false;

  constructor(private readonly keyOrder: 'park' | 'skip' = 'park') {}

  async insertOpen({ change, event, key, attempts }: FailedEvent): Promise<void> {
    this.add('open', change, event, key, attempts.length);
  }
  async insertParked(waiting: readonly WaitingEvent[]): Promise<void> {
    this.reach();
    for (const { change, event, key } of waiting) this.add('parked', change, event, key, 0);
  }
  async unresolvedKeys(): Promise<Map<string, KeyLetters>> {
    this.reach();
    const keys = new Map<string, KeyLetters>();
    for (const { scope, order } of this.letters) {
      if (scope === null) continue;
      const { count, firstLsn } = keys.get(scope) ?? { count: 0, firstLsn: BigInt(order) };
      keys.set(scope, { count: count + 1, firstLsn: order < String(firstLsn).padStart(12, '0') ? BigInt(order) : firstLsn });
    }
    return keys;
  }
  async unresolved(): Promise<{ letters: number; bytes: number }> {
    this.reach();
    return { letters: this.letters.length, bytes: this.letters.length * LETTER_BYTES };
  }
  async runnable(limit: number): Promise<StoredLetter[]> {
    this.reach();
    const ordered = [...this.letters].sort((a, b) => (a.order < b.order ? -1 : 1));
    const heads = new Map<string, MemoryLetter>();
    for (const letter of ordered) if (letter.scope !== null && !heads.has(letter.scope)) heads.set(letter.scope, letter);
    return ordered
      .filter((letter) =>
        this.keyOrder === 'park' && letter.scope !== null ? heads.get(letter.scope)?.status !== 'open' : letter.status !== 'open',
      )
      .slice(0, limit)
      .map((letter) => ({ ...letter }));
  }
  async resolve(letters: readonly StoredLetter[]): Promise<void> {
    this.reach();
    for (const { id } of letters) this.discard(id);
    this.resolved.push(...letters.map(({ id }) => id));
  }
  async reopen({ id }: StoredLetter): Promise<void> {
    this.reach();
    for (const letter of this.letters) if (letter.id === id) letter.status = 'open';
  }
  async discardSnapshotLetters(): Promise<void> {}

  discard(id: string): void {
    this.letters = this.letters.filter((letter) => letter.id !== id);
  }
  replay(): void {
    for (const letter of this.letters) if (letter.status === 'open') letter.status = 'replaying';
  }
  of(status: MemoryLetter['status']): string[] {
    return this.letters.filter((letter) => letter.status === status).map(({ input }) => String(input.after?.[1]));
  }

  private add(status: 'open' | 'parked', change: Change, event: OutboundEvent | null, key: string | null, attempts: number): void {
    this.reach();
    const id = eventId(change.position);
    if (this.letters.some((letter) => letter.id === id)) return;
    const scope = key === null ? null : scopeOf(change.relation.schema, change.relation.table, key);
    const order = String(change.position.commitLsn).padStart(12, '0');
    this.letters.push({
      id,
      eventId: id,
      scope,
      status,
      order,
      attempts,
      input: storeChange(change),
      hasOutput: !!event,
      requestedBy: null,
    });
  }
  private reach(): void {
    if (this.down) throw new SpillwayError('catalog_unavailable', 'the catalog did not take a statement (ECONNREFUSED)');
  }
}

/** A delivery loop on doubles, with its FIFO. */
export function rig(
  recovery: RecoverySpec,
  sink = new ScriptedSink(),
  readRow: ReadRow = async () => ({ kind: 'gone' }),
  spilling: Pick<SpillDeps, 'store' | 'place' | 'spec' | 'room'> | null = null,
  /** What stands between the loop and the sink. */
  around: (sink: Sink) => Sink = (plain) => plain,
) {
  const outer = around(sink);
  const letters = new MemoryLetters(keyOrderOf(recovery));
  const inFlight = new InFlight(0n);
  const ended: { text: string; ending: Ending }[] = [];
  const conditions: (Condition | null)[] = [];
  const aborting = new AbortController();
  const desk = new RecoveryDesk({ store: letters, recovery, flow: plainFlow, sink: outer, readRow, nowUs: () => 0n });
  const onEnded = (item: Pending, ending: Ending) => {
    ended.push({ text: String(item.change.after?.[1]), ending });
    if (!item.of.end(ending)) return;
    if (item.of.drained) spill?.ended(item.of.drained);
    inFlight.settle(item.of.token);
  };
  const spill =
    spilling &&
    new Spill({
      ...spilling,
      remake: (change, drained) => pendingOf(change, transform(plainFlow, change, 0n), settledToken(), Date.now(), 'k', drained),
      onEnded: (items, ending) => {
        for (const item of items) onEnded(item, ending);
      },
      onFiltered: () => undefined,
      onFound: () => undefined,
      onChange: () => delivery.spillChanged(),
      close: async () => undefined,
      failpoint: () => undefined,
      now: Date.now,
      random: () => 0,
    });
  spill?.on('sys', 1);
  const delivery: Delivery = new Delivery({
    spilling: spill && spilling ? { spill, spec: spilling.spec, behind: () => false } : null,
    sink: outer,
    openSink: async () => null,
    recovery,
    desk,
    lingerMs: 0,
    signal: aborting.signal,
    failpoint: () => undefined,
    now: Date.now,
    // The shortest waits: full jitter at 0 is the floor of 10 ms.
    random: () => 0,
    onProgress: () => undefined,
    onCondition: (condition) => conditions.push(condition),
    onEnded,
  });
  const running = delivery.run();
  return {
    letters,
    sink,
    inFlight,
    delivery,
    spill,
    ended,
    conditions,
    /** Receives one transaction per key, numbered on. */
    receive(n: number, key: string | null, text = String(n)): void {
      const change = { ...changeOf(n, key), after: [key, text] };
      inFlight.begin(0, 0n);
      const token = inFlight.addEvent(1);
      delivery.push(pendingOf(change, transform(plainFlow, change, 0n), token, Date.now(), key));
      inFlight.commit(BigInt(n * 100 + 1));
    },
    endings: (ending: Ending) => ended.filter((one) => one.ending === ending).map(({ text }) => text),
    async stop(): Promise<void> {
      delivery.stop();
      await running;
    },
  };
}
