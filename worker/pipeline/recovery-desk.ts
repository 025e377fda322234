import type { Lsn } from '@/core/postgres/lsn';
import { type DeadLetterRecovery, maxOpenBytesOf, type RecoverySpec } from '@/core/spec/recovery';
import type { Flow } from '@/worker/flow/flow';
import type { KeyLetters, ReadRow, ReplayStore, WaitingEvent } from '@/worker/recovery/recovery';
import { type ReplayTurn, replayTurn } from '@/worker/recovery/replay';
import type { Sink } from '@/worker/sink/sink';
import type { LettersHeld } from './condition';
import type { Pending } from './pending';

/** How often letters are looked at when nobody tells, ms. Only while there are some. */
const LOOK_MS = 5_000;
const PARK_AT_ONCE = 500;

/** `park` while recovery keeps key order; whatever else lets every letter go on its own. */
export function keyOrderOf(recovery: RecoverySpec): DeadLetterRecovery['keyOrder'] {
  return recovery.type === 'DeadLetter' ? recovery.keyOrder : 'skip';
}

/**
 * What the delivery loop knows of the stream's letters: which keys have some, how many there are, when to look for replays.
 * Used by that loop only, one call at a time, so that its picture of the keys is exact. Rejects with catalog_unavailable.
 */
export class RecoveryDesk {
  private keys = new Map<string, KeyLetters>();
  private unresolved = 0;
  /** As stored at the last look; what came since counts as it was decoded and made. */
  private bytes = 0;
  private nextLook = 0;
  private known = false;
  private asked = false;

  constructor(
    private readonly deps: {
      readonly store: ReplayStore;
      readonly recovery: RecoverySpec;
      readonly flow: Flow;
      readonly sink: Sink;
      readonly readRow: ReadRow;
      readonly nowUs: () => bigint;
    },
  ) {}

  /** False until the letters of earlier runs were read. With dead letters nothing may be delivered before. */
  get ready(): boolean {
    return this.known || this.deps.recovery.type !== 'DeadLetter';
  }
  get lettersUnresolved(): number {
    return this.unresolved;
  }
  /** What the letters amount to, beside their limits. */
  held(recovery: DeadLetterRecovery): LettersHeld {
    return { unresolved: this.unresolved, maxOpen: recovery.maxOpen, bytes: this.bytes, maxOpenBytes: maxOpenBytesOf(recovery) };
  }
  get full(): boolean {
    const { recovery } = this.deps;
    return recovery.type === 'DeadLetter' && (this.unresolved >= recovery.maxOpen || this.bytes >= maxOpenBytesOf(recovery));
  }

  /** Somebody asked for a replay or discarded letters. */
  told(): void {
    this.asked = true;
    this.nextLook = 0;
  }

  /** Time to look at the letters: nothing is known yet, somebody asked, or there are some and the last look is a while ago. */
  due(now: number): boolean {
    return now >= this.nextLook && (!this.known || this.asked || this.unresolved > 0);
  }

  /** The catalog did not answer and nothing depends on it now. */
  postpone(now: number): void {
    this.nextLook = now + LOOK_MS;
  }

  /**
   * This event has to wait behind letters of its key. One that was committed before them does not: it comes again after a crash,
   * and was delivered then.
   */
  holds({ scope, change }: Pending): boolean {
    const letters = this.keys.get(scope);
    return !!letters && change.position.commitLsn >= letters.firstLsn && keyOrderOf(this.deps.recovery) === 'park';
  }
  get holdsAny(): boolean {
    return this.keys.size > 0 && keyOrderOf(this.deps.recovery) === 'park';
  }

  /** Stores a dead letter; durable when it resolves. */
  async keep(item: Pending): Promise<void> {
    if (!item.verdict) return;
    const { key } = item;
    await this.deps.store.insertOpen({ change: item.change, event: item.event, key, ...item.verdict });
    this.unresolved++;
    this.bytes += sizeOf(item);
    if (key !== null) this.count(item);
  }

  /** Stores events that wait behind letters of their key, as many as the limit allows; returns those. */
  async park(items: readonly Pending[]): Promise<readonly Pending[]> {
    const room = this.deps.recovery.type === 'DeadLetter' ? this.deps.recovery.maxOpen - this.unresolved : 0;
    const taken = items.slice(0, Math.max(0, Math.min(room, PARK_AT_ONCE)));
    await this.deps.store.insertParked(taken.flatMap(waitingEvent));
    this.unresolved += taken.length;
    for (const item of taken) {
      this.bytes += sizeOf(item);
      this.count(item);
    }
    return taken;
  }

  /** Reads which keys have letters, then delivers what may be delivered of them. */
  async look(now: number, signal: AbortSignal): Promise<ReplayTurn> {
    this.nextLook = now + LOOK_MS;
    this.keys = await this.deps.store.unresolvedKeys();
    const { letters, bytes } = await this.deps.store.unresolved();
    this.unresolved = letters;
    this.bytes = bytes;
    this.known = true;
    this.asked = false;
    if (this.unresolved === 0) return { handled: 0, more: false, outage: null };
    const turn = await replayTurn(
      {
        ...this.deps,
        keyOrder: keyOrderOf(this.deps.recovery),
        onResolved: ({ scope }) => {
          this.unresolved--;
          if (scope === null) return;
          // The last letter of a key frees it in the same turn: no live event of it is in flight beside this loop.
          const letters = this.keys.get(scope);
          if (letters && letters.count > 1) this.keys.set(scope, { ...letters, count: letters.count - 1 });
          else this.keys.delete(scope);
        },
      },
      signal,
    );
    if (turn.more) this.nextLook = now;
    return turn;
  }

  private count({ scope, change }: Pending): void {
    const { commitLsn } = change.position;
    const before = this.keys.get(scope) ?? { count: 0, firstLsn: commitLsn };
    this.keys.set(scope, { count: before.count + 1, firstLsn: earlier(commitLsn, before.firstLsn) });
  }
}

function sizeOf({ change, event }: Pending): number {
  return change.wireBytes + (event?.payload?.length ?? 0);
}

function waitingEvent({ change, event, key }: Pending): WaitingEvent[] {
  return key === null ? [] : [{ change, event, key }];
}

function earlier(a: Lsn, b: Lsn): Lsn {
  if (a < b) return a;
  return b;
}
