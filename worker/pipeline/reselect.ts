import { messageOf, SpillwayError } from '@/core/errors';
import type { FlowSpec } from '@/core/spec/flow';
import type { Flow } from '@/worker/flow/flow';
import { backOff } from '@/worker/recovery/retry';
import type { PresentValues, Wanted } from '@/worker/source/postgres/present-values';
import { type Change, type ColumnValue, type Relation, UNCHANGED } from '@/worker/source/source';
import { type ChangeInFlight, type Pending, pendingOf, transform } from './pending';
import { WakeUp } from './wake-up';

export interface ReselectDeps {
  readonly flow: Flow;
  /** Values as they are now. Rejects with a SpillwayError of the source. */
  readonly read: (wanted: Wanted) => Promise<PresentValues>;
  /** What goes on to delivery, in order. */
  readonly push: (items: readonly Pending[]) => void;
  /** Reading failed: the source is in trouble; tried again. */
  readonly onFault: (error: SpillwayError) => void;
  /** It works again. */
  readonly onRecovered: () => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Rows asked for together. */
const MOST_KEYS = 200;
/** Values read and not delivered yet; a single larger row passes alone. */
const MOST_BYTES = 16 * 1024 * 1024;
const RETRY = { baseMs: 200, capMs: 10_000 } as const;

/**
 * Between the flow and delivery, for streams with `unchangedToast: reselect`: a change whose large values the server left out as
 * unchanged waits until they are read from its row, and everything behind it waits too, so that the order stays. The value read is the
 * present one, which may be newer than the event; a row that is gone keeps the placeholder.
 */
export class Reselect {
  private waiting: (readonly Pending[])[] = [];
  /** Messages of changes that were made anew and have not ended, with their bytes. */
  private readonly held = new Map<ChangeInFlight, number>();
  private generation = 0;
  private working = false;
  private readonly wake = new WakeUp();

  constructor(private readonly deps: ReselectDeps) {}

  /** The messages of one change. */
  push(items: readonly Pending[]): void {
    if (!this.working && !wants(items)) {
      this.deps.push(items);
      return;
    }
    this.waiting.push(items);
    if (this.working) return;
    this.working = true;
    void this.work(this.generation);
  }

  /** Every message of a change has ended. */
  ended(of: ChangeInFlight): void {
    if (this.held.delete(of)) this.wake.ring();
  }

  /** Forgets what waits: the connection is gone and it all comes again. */
  clear(): void {
    this.generation++;
    this.waiting = [];
    this.held.clear();
    this.working = false;
    this.wake.ring();
  }

  private async work(generation: number): Promise<void> {
    for (let failures = 0; this.waiting.length > 0 && generation === this.generation; ) {
      const taken = this.waiting.slice(0, MOST_KEYS);
      try {
        const made = await this.remake(taken);
        if (failures > 0) this.deps.onRecovered();
        failures = 0;
        for (const items of made) {
          if (generation !== this.generation) return;
          await this.handOn(items, generation);
        }
        if (generation === this.generation) this.waiting.splice(0, taken.length);
      } catch (thrown) {
        if (generation !== this.generation) return;
        failures++;
        this.deps.onFault(
          thrown instanceof SpillwayError ? thrown : new SpillwayError('internal', messageOf(thrown), {}, { cause: thrown }),
        );
        await this.wake.sleep(backOff(failures, 0.5, 0, RETRY));
      }
    }
    if (generation === this.generation) this.working = false;
  }

  private async handOn({ items, bytes }: Remade, generation: number): Promise<void> {
    const full = () => bytes > 0 && this.held.size > 0 && [...this.held.values()].reduce((sum, each) => sum + each, bytes) > MOST_BYTES;
    while (full() && generation === this.generation) await this.wake.sleep(1_000);
    if (generation !== this.generation) return;
    const of = items[0]?.of;
    if (of && bytes > 0) this.held.set(of, bytes);
    this.deps.push(items);
  }

  private async remake(taken: readonly (readonly Pending[])[]): Promise<Remade[]> {
    const read = new Map<Relation, PresentValues>();
    for (const [relation, changes] of byRelation(taken)) {
      const columns = new Set(changes.flatMap(({ after }) => relation.columns.filter((_, index) => after?.[index] === UNCHANGED)));
      const keys = new Map<string, string[]>();
      for (const key of changes.map(keyOf)) if (key) keys.set(JSON.stringify(key), key);
      if (keys.size === 0) continue;
      read.set(relation, await this.deps.read({ relation, columns: [...columns].map(({ name }) => name), keys: [...keys.values()] }));
    }
    return taken.map((items) => {
      const change = items[0]?.change;
      const values = change && wants(items) ? read.get(change.relation) : undefined;
      return change && values ? this.withValues(items, change, values) : { items, bytes: 0 };
    });
  }

  private withValues(items: readonly Pending[], change: Change, values: PresentValues): Remade {
    const [first] = items;
    const now = values.get(JSON.stringify(keyOf(change)));
    if (!first || !now) return { items, bytes: 0 };
    let bytes = 0;
    const after = change.after?.map((value, index): ColumnValue => {
      const present = value === UNCHANGED ? now.get(change.relation.columns[index]?.name ?? '') : undefined;
      bytes += present?.length ?? 0;
      return present === undefined ? value : present;
    });
    const { lsn, position, before } = change;
    const made = { ...change, lsn, position, before, after: after ?? null };
    const token = first.of.token;
    const messages = transform(this.deps.flow, made, BigInt(this.deps.now()) * 1000n);
    // A filter let the change pass as it came; what it would say of the present values is of another time.
    if (!messages.error && messages.events.length === 0) return { items, bytes: 0 };
    return {
      items: pendingOf(made, messages, token, first.queuedAt, first.key),
      bytes,
    };
  }
}

/** For a flow that asks for it; null for any other. */
export function reselectFor(flow: FlowSpec, deps: ReselectDeps): Reselect | null {
  return 'unchangedToast' in flow && flow.unchangedToast === 'reselect' ? new Reselect(deps) : null;
}

interface Remade {
  readonly items: readonly Pending[];
  /** Of the values that were read. */
  readonly bytes: number;
}

function wants(items: readonly Pending[]): boolean {
  const change = items[0]?.change;
  // Values that were cut are not unchanged: such a row is too large for the sink anyway.
  return change !== undefined && !change.cut && (change.after?.includes(UNCHANGED) ?? false);
}

function byRelation(taken: readonly (readonly Pending[])[]): Map<Relation, Change[]> {
  const groups = new Map<Relation, Change[]>();
  for (const items of taken) {
    const change = items[0]?.change;
    if (!change || !wants(items)) continue;
    const group = groups.get(change.relation);
    if (group) group.push(change);
    else groups.set(change.relation, [change]);
  }
  return groups;
}

/** Values of the primary key; null when the table has none, or one of them was not sent. */
function keyOf({ relation, after }: Change): string[] | null {
  const values = relation.columns.flatMap((column, index) => (column.primaryKey ? [after?.[index]] : []));
  const texts = values.filter((value) => typeof value === 'string');
  return texts.length > 0 && texts.length === values.length ? texts : null;
}
