import { messageOf } from '@/core/errors';
import type { KEY_ORDERS } from '@/core/spec/recovery';
import type { Flow, OutboundEvent } from '@/worker/flow/flow';
import type { DeliveryError, Outcome, Sink } from '@/worker/sink/sink';
import { restoreChange } from '@/worker/source/stored-change';
import { isOutage } from './classify';
import { tooLarge } from './oversize';
import { deliverable } from './park';
import type { ReadRow, ReplayStore, StoredLetter } from './recovery';
import { rowAgain } from './row-again';

export interface ReplayDeps {
  readonly store: ReplayStore;
  readonly flow: Flow;
  readonly sink: Sink;
  readonly keyOrder: (typeof KEY_ORDERS)[number];
  readonly readRow: ReadRow;
  /** Microseconds since the Unix epoch. */
  readonly nowUs: () => bigint;
  /** A letter is resolved: its key holds one less. */
  readonly onResolved: (letter: StoredLetter) => void;
}

export interface ReplayTurn {
  /** Letters that were delivered, filtered or refused again. */
  readonly handled: number;
  /** More may be waiting: come back after live traffic had its turn. */
  readonly more: boolean;
  /** Set when the sink is down: letters stay as they are. */
  readonly outage: DeliveryError | null;
}

/** Letters loaded for one turn; live traffic goes on between turns. */
export const TURN_LETTERS = 200;

/**
 * Delivers what may be delivered of the letters, once, in key order, through the current flow and with the events' own ids.
 * Called by the delivery loop between two live batches, so nothing of the same key is ever in flight beside it.
 * Rejects with catalog_unavailable; the letters are then looked at again.
 */
export async function replayTurn(deps: ReplayDeps, signal: AbortSignal): Promise<ReplayTurn> {
  let waiting = await deps.store.runnable(TURN_LETTERS);
  let handled = 0;
  while (waiting.length > 0 && !signal.aborted) {
    const round = deliverable(waiting, deps.keyOrder).slice(0, deps.sink.limits.maxBatchEvents);
    if (round.length === 0) break;
    const outcomes = await deliverRound(deps, round, signal);
    const delivered = round.filter((letter) => outcomes.get(letter) === 'delivered');
    const filtered = round.filter((letter) => outcomes.get(letter) === 'filtered');
    const gone = round.filter((letter) => outcomes.get(letter) === 'gone');
    await deps.store.resolve(delivered, 'delivered');
    await deps.store.resolve(filtered, 'the current revision filters this event out');
    await deps.store.resolve(gone, 'the row was too large to be kept and is not in its table any more: nothing is left to send');
    for (const letter of [...delivered, ...filtered, ...gone]) deps.onResolved(letter);
    let outage: DeliveryError | null = null;
    const blocked = new Set<string>();
    for (const [letter, outcome] of outcomes) {
      if (typeof outcome === 'string') continue;
      if (isOutage(outcome.errorClass)) outage = outcome;
      else {
        await deps.store.reopen(letter, outcome);
        handled++;
        if (letter.scope !== null) blocked.add(letter.scope);
      }
    }
    handled += delivered.length + filtered.length + gone.length;
    if (outage) return { handled, more: true, outage };
    const done = new Set(round);
    waiting = waiting.filter((letter) => !done.has(letter) && !(deps.keyOrder === 'park' && blocked.has(letter.scope ?? '')));
  }
  // A turn loads as many letters as memory allows: only one that found nothing to do is the last.
  return { handled, more: handled > 0, outage: null };
}

type LetterOutcome = 'delivered' | 'filtered' | 'gone' | DeliveryError;

/** One letter a key at most (with park): sent together as far as the sink's limits allow. */
async function deliverRound(
  deps: ReplayDeps,
  round: readonly StoredLetter[],
  signal: AbortSignal,
): Promise<Map<StoredLetter, LetterOutcome>> {
  const outcomes = new Map<StoredLetter, LetterOutcome>();
  const single: { letter: StoredLetter; event: OutboundEvent }[] = [];
  for (const letter of round) {
    const events = await messagesOf(deps, letter);
    const [first] = Array.isArray(events) ? events : [];
    if (!Array.isArray(events)) outcomes.set(letter, events);
    else if (!first) outcomes.set(letter, 'filtered');
    // One that was read again is large: sent at once, so that no two of them are held.
    else if (events.length > 1 || letter.scope === null || letter.input.cut)
      outcomes.set(letter, await deliverInSequence(deps.sink, events, signal));
    else single.push({ letter, event: first });
  }
  for (const batch of batches(single, deps.sink)) {
    const results = await write(
      deps.sink,
      batch.map(({ event }) => event),
      signal,
    );
    // A sink that takes in order says the same of those behind the first one that it refused.
    const { partialOutcomes } = deps.sink.limits;
    const refusedWhole =
      batch.length > 1 &&
      results.some((result) => !result.ok && (result.error.wholeBatch || !partialOutcomes) && !isOutage(result.error.errorClass));
    for (const [index, { letter, event }] of batch.entries()) {
      let result = results[index] as Outcome;
      if (refusedWhole && !result.ok) [result] = (await write(deps.sink, [event], signal)) as [Outcome];
      outcomes.set(letter, letterOutcome(result));
    }
  }
  return outcomes;
}

function letterOutcome(result: Outcome): LetterOutcome {
  if (!result.ok) return result.error;
  return result.dropped === undefined ? 'delivered' : 'filtered';
}

/** The messages that this letter stands for; all of the change when none was ever made. */
async function messagesOf(deps: ReplayDeps, letter: StoredLetter): Promise<OutboundEvent[] | 'gone' | DeliveryError> {
  const stored = restoreChange(letter.input);
  const again = stored.cut ? await rowAgain(stored, deps.readRow) : { kind: 'change' as const, change: stored };
  if (again.kind === 'gone') return 'gone';
  if (again.kind === 'error') return again.error;
  try {
    const result = deps.flow.transform(again.change, deps.nowUs());
    if (result.kind === 'filtered') return [];
    return result.events.filter((event) => !letter.hasOutput || event.id === letter.eventId);
  } catch (thrown) {
    return { errorClass: 'poison', message: messageOf(thrown) };
  }
}

async function deliverInSequence(sink: Sink, events: readonly OutboundEvent[], signal: AbortSignal): Promise<LetterOutcome> {
  for (const event of events) {
    const [result] = await write(sink, [event], signal);
    if (!result?.ok) return result?.error ?? { errorClass: 'transient', message: 'the sink gave no outcome' };
  }
  return 'delivered';
}

async function write(sink: Sink, events: readonly OutboundEvent[], signal: AbortSignal): Promise<readonly Outcome[]> {
  const [only] = events;
  const bytes = only?.payload?.length ?? 0;
  if (events.length === 1 && bytes > sink.limits.maxEventBytes)
    return [{ ok: false, error: tooLarge('the event', bytes, sink.limits.maxEventBytes) }];
  return signal.aborted
    ? events.map(() => ({ ok: false, error: { errorClass: 'transient', message: 'the pipeline is stopping' } }))
    : sink.write(events, signal);
}

function* batches<T extends { event: OutboundEvent }>(items: readonly T[], sink: Sink): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = item.event.payload?.length ?? 0;
    if (batch.length > 0 && (batch.length >= sink.limits.maxBatchEvents || bytes + size > sink.limits.maxBatchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
