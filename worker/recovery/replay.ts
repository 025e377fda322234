import { messageOf } from '@/core/errors';
import type { KEY_ORDERS } from '@/core/spec/recovery';
import type { Flow, OutboundEvent } from '@/worker/flow/flow';
import type { DeliveryError, Outcome, Sink } from '@/worker/sink/sink';
import { restoreChange } from '@/worker/source/stored-change';
import { isOutage } from './classify';
import { deliverable } from './park';
import type { ReplayStore, StoredLetter } from './recovery';

export interface ReplayDeps {
  readonly store: ReplayStore;
  readonly flow: Flow;
  readonly sink: Sink;
  readonly keyOrder: (typeof KEY_ORDERS)[number];
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
  const more = waiting.length === TURN_LETTERS;
  let handled = 0;
  while (waiting.length > 0 && !signal.aborted) {
    const round = deliverable(waiting, deps.keyOrder).slice(0, deps.sink.limits.maxBatchEvents);
    if (round.length === 0) break;
    const outcomes = await deliverRound(deps, round, signal);
    const delivered = round.filter((letter) => outcomes.get(letter) === 'delivered');
    const filtered = round.filter((letter) => outcomes.get(letter) === 'filtered');
    await deps.store.resolve(delivered, 'delivered');
    await deps.store.resolve(filtered, 'the current revision filters this event out');
    for (const letter of [...delivered, ...filtered]) deps.onResolved(letter);
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
    handled += delivered.length + filtered.length;
    if (outage) return { handled, more: true, outage };
    const done = new Set(round);
    waiting = waiting.filter((letter) => !done.has(letter) && !(deps.keyOrder === 'park' && blocked.has(letter.scope ?? '')));
  }
  return { handled, more, outage: null };
}

type LetterOutcome = 'delivered' | 'filtered' | DeliveryError;

/** One letter a key at most (with park): sent together as far as the sink's limits allow. */
async function deliverRound(
  deps: ReplayDeps,
  round: readonly StoredLetter[],
  signal: AbortSignal,
): Promise<Map<StoredLetter, LetterOutcome>> {
  const outcomes = new Map<StoredLetter, LetterOutcome>();
  const single: { letter: StoredLetter; event: OutboundEvent }[] = [];
  for (const letter of round) {
    const events = messagesOf(deps, letter);
    const [first] = isError(events) ? [] : events;
    if (isError(events)) outcomes.set(letter, events);
    else if (!first) outcomes.set(letter, 'filtered');
    else if (events.length > 1 || letter.scope === null) outcomes.set(letter, await deliverInSequence(deps.sink, events, signal));
    else single.push({ letter, event: first });
  }
  for (const batch of batches(single, deps.sink)) {
    const results = await write(
      deps.sink,
      batch.map(({ event }) => event),
      signal,
    );
    const refusedWhole =
      batch.length > 1 && results.some((result) => !result.ok && result.error.wholeBatch && !isOutage(result.error.errorClass));
    for (const [index, { letter, event }] of batch.entries()) {
      let result = results[index] as Outcome;
      if (refusedWhole && !result.ok) [result] = (await write(deps.sink, [event], signal)) as [Outcome];
      outcomes.set(letter, result.ok ? 'delivered' : result.error);
    }
  }
  return outcomes;
}

/** The messages that this letter stands for; all of the change when none was ever made. */
function messagesOf(deps: ReplayDeps, letter: StoredLetter): readonly OutboundEvent[] | DeliveryError {
  try {
    const result = deps.flow.transform(restoreChange(letter.input), deps.nowUs());
    if (result.kind === 'filtered') return [];
    return letter.hasOutput ? result.events.filter((event) => event.id === letter.eventId) : result.events;
  } catch (thrown) {
    return { errorClass: 'poison', message: messageOf(thrown) };
  }
}

function isError(made: readonly OutboundEvent[] | DeliveryError): made is DeliveryError {
  return 'errorClass' in made;
}

async function deliverInSequence(sink: Sink, events: readonly OutboundEvent[], signal: AbortSignal): Promise<LetterOutcome> {
  for (const event of events) {
    const [result] = await write(sink, [event], signal);
    if (!result?.ok) return result?.error ?? { errorClass: 'transient', message: 'the sink gave no outcome' };
  }
  return 'delivered';
}

async function write(sink: Sink, events: readonly OutboundEvent[], signal: AbortSignal): Promise<readonly Outcome[]> {
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
