import type { Client } from 'pg';
import { messageOf, SpillwayError } from '@/core/errors';
import { applicationNameFor } from '@/core/postgres/identifiers';
import type { Lsn } from '@/core/postgres/lsn';
import { invalidationSentence } from '@/core/postgres/slot-health';
import type { SourceSpec } from '@/core/spec/source';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import type { ItemHandler, Subscription } from '@/worker/source/source';
import { lookUpCatalog } from './catalog-lookup';
import { withSource } from './connection';
import { freeSlot } from './fencing';
import { encodeStatus, WAL_START } from './framing';
import type { LargeFrame } from './large-row';
import { type ReplicationTransport, startReplication } from './replication-transport';
import { type SlotState, slotState } from './slot-state';
import { StatusPolicy } from './status-policy';
import { StreamReader } from './stream-reader';

export interface SubscriptionOptions {
  readonly source: SourceConnection;
  readonly streamId: string;
  /** Lease epoch: a later one ends an earlier one, never the other way round. */
  readonly epoch: number;
  readonly slotName: string;
  readonly publicationName: string;
  /** As recorded when the slot was made; another server's slot of the same name is refused (position_mismatch). */
  readonly systemIdentifier?: string | null;
  /** A larger row comes with its large values cut (Change.cut), bytes on the wire; 16 MiB. */
  readonly wholeRowBytes?: number;
  /** `none`: changes that the server itself replicated from elsewhere do not come. */
  readonly origin?: SourceSpec['origin'];
}

const WHOLE_ROW_BYTES = 16 * 1024 * 1024;

/** How often the timer looks whether a status is due. */
const TICK_MS = 250;
const START_ATTEMPTS = 10;

/**
 * Subscribes to the stream's slot from where the slot stands. `onItem` gets every item synchronously and in stream order, the first
 * one after this promise has resolved; after pause() it may still get what one socket read had brought (at most 64 kB of WAL). Rejects with a SpillwayError: slot_in_use,
 * fenced, slot_lost, publication_missing, position_mismatch, source_auth_failed, source_unreachable. Opens one connection for the
 * stream, and one for a moment at the start and whenever a table's primary key or a type has to be looked up.
 */
export async function openSubscription(options: SubscriptionOptions, onItem: ItemHandler): Promise<Subscription> {
  const session = { applicationName: applicationNameFor(options.streamId, options.epoch) };
  const look = <T>(work: (client: Client) => Promise<T>) => withSource(options.source, { ...session, statementTimeoutMs: 30_000 }, work);
  const state = await look(async (client) => {
    const found = await slotState(client, options.slotName, options.publicationName);
    assertSubscribable(found, options);
    await freeSlot(client, options.slotName, options);
    return found;
  });
  const reader = new StreamReader(state.systemIdentifier, (oid, types) => look((client) => lookUpCatalog(client, oid, types)), onItem);
  const running = new RunningSubscription(
    reader,
    new StatusPolicy(state.walSenderTimeoutMs, state.slot?.confirmedFlushLsn ?? 0n, Date.now()),
  );
  for (let attempt = 1; ; attempt += 1) {
    try {
      const transport = await startReplication({
        source: options.source,
        session,
        slotName: options.slotName,
        publicationName: options.publicationName,
        messages: state.versionNum >= 140_000,
        ownOriginOnly: options.origin === 'none',
        wholeRowBytes: options.wholeRowBytes ?? WHOLE_ROW_BYTES,
        behindMs: () => reader.behindMs,
        onCopyData: (bytes, start, end) => running.take(bytes, start, end),
        onLargeFrame: (frame) => running.takeFrame(frame),
        onFault: (error) => running.fail(error),
        onMissingPublication: (message) => running.fail(new SpillwayError('publication_missing', message)),
      });
      running.attach(transport);
      return running;
    } catch (thrown) {
      if (!(thrown instanceof SpillwayError) || thrown.kind !== 'slot_in_use' || attempt === START_ATTEMPTS) throw thrown;
      // Somebody took the slot between the look and the start: judge the holder anew, which throws unless it may be ended.
      await look((client) => freeSlot(client, options.slotName, options));
    }
  }
}

function assertSubscribable(state: SlotState, options: SubscriptionOptions): void {
  const { slotName, publicationName, systemIdentifier, origin } = options;
  if (origin === 'none' && state.versionNum < 160_000)
    throw new SpillwayError(
      'source_not_ready',
      'This server is older than PostgreSQL 16, which leaving out replicated changes (origin none) needs',
    );
  if (systemIdentifier && systemIdentifier !== state.systemIdentifier) {
    throw new SpillwayError(
      'position_mismatch',
      `Slot ${slotName} was made on server ${systemIdentifier}; this is server ${state.systemIdentifier}`,
    );
  }
  if (!state.slot) throw new SpillwayError('slot_lost', `Slot ${slotName} does not exist on the server`);
  if (state.slot.lost) {
    throw new SpillwayError('slot_lost', `Slot ${slotName} is lost. ${invalidationSentence(state.slot.invalidationReason)}`, {
      invalidationReason: state.slot.invalidationReason,
      walStatus: state.slot.walStatus,
    });
  }
  if (!state.publicationExists)
    throw new SpillwayError('publication_missing', `Publication ${publicationName} does not exist on the server`);
}

class RunningSubscription implements Subscription {
  #transport: ReplicationTransport | null = null;
  #timer: NodeJS.Timeout | null = null;
  #consumerPaused = false;
  #closing = false;
  #over = false;
  #bytesSeen = 0;
  #tickedAt = 0;
  /** Frames that came before the caller got hold of the subscription; null from then on. */
  #early: (Buffer | LargeFrame)[] | null = [];
  readonly ended: Promise<void>;
  #end: (error: SpillwayError | null) => void = () => undefined;

  constructor(
    private readonly reader: StreamReader,
    private readonly status: StatusPolicy,
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error ? reject(error) : resolve());
    });
    // Whoever opened the subscription reads it; it must not end the process before that.
    this.ended.catch(() => undefined);
  }

  get receivedLsn(): Lsn {
    return this.status.received;
  }

  attach(transport: ReplicationTransport): void {
    this.#transport = transport;
    this.#tickedAt = Date.now();
    if (this.#over) {
      transport.destroy();
      return;
    }
    this.#applyPause();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    transport.ended.then(
      () => this.fail(new SpillwayError('source_unreachable', 'The server ended the stream')),
      (error: SpillwayError) => this.fail(error),
    );
    this.flushStatus();
    // After the turn in which openSubscription() resolves, so that the first item finds its subscription.
    setImmediate(() => {
      const early = this.#early ?? [];
      this.#early = null;
      for (const chunk of early) this.takeFrame(chunk);
    });
  }

  /** One frame: most hold a row, which is taken where it stands. */
  take(bytes: Buffer, start: number, end: number): void {
    if (this.#over || this.#closing) return;
    try {
      if (!this.#early && this.reader.takeRow(bytes, start, end)) this.status.receiveAt(bytes, start + WAL_START);
      else this.takeFrame(bytes.subarray(start, end));
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** One frame. Faults end the subscription: a throw from here would reach the socket and end the process. */
  takeFrame(chunk: Buffer | LargeFrame): void {
    if (this.#over || this.#closing) return;
    if (this.#early) {
      this.#early.push(chunk);
      return;
    }
    try {
      const frame = this.reader.take(chunk, (waiting) => {
        if (waiting instanceof Error) this.fail(waiting);
        else this.#applyPause();
      });
      this.status.receive(frame.lsn);
      // Only what was asked for is answered: answering every keepalive makes the two sides ping-pong without end.
      if (frame.replyRequested) this.flushStatus();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  pause(): void {
    this.#consumerPaused = true;
    this.#applyPause();
  }

  resume(): void {
    this.#consumerPaused = false;
    this.status.heard(Date.now());
    this.#applyPause();
  }

  confirm(lsn: Lsn): void {
    this.status.confirm(lsn, Date.now());
  }

  flushStatus(): void {
    const nowMs = Date.now();
    if (this.#over || !this.#transport) return;
    this.#transport.send(encodeStatus({ ...this.status.take(nowMs), nowUs: BigInt(nowMs) * 1000n }));
  }

  async close(): Promise<void> {
    if (this.#over || this.#closing) {
      await this.ended.catch(() => undefined);
      return;
    }
    this.flushStatus();
    this.#closing = true;
    await this.#transport?.end();
    this.#finish(null);
  }

  fail(thrown: unknown): void {
    if (this.#over || this.#closing) return;
    const error =
      thrown instanceof SpillwayError
        ? thrown
        : new SpillwayError('internal', `Reading the stream failed: ${messageOf(thrown)}`, {}, { cause: thrown });
    this.#transport?.destroy();
    this.#finish(error);
  }

  #finish(error: SpillwayError | null): void {
    this.#over = true;
    if (this.#timer) clearInterval(this.#timer);
    this.#end(error);
  }

  #applyPause(): void {
    if (this.#over || this.#closing || !this.#transport) return;
    if (this.#consumerPaused || this.reader.waiting) this.#transport.pause();
    else this.#transport.resume();
  }

  #tick(): void {
    const nowMs = Date.now();
    const bytes = this.#transport?.bytesRead ?? 0;
    // After a long block of the event loop the socket has not had its turn yet: silence says nothing then.
    const late = nowMs - this.#tickedAt > 4 * TICK_MS;
    if (bytes !== this.#bytesSeen || late || this.#consumerPaused || this.reader.waiting) this.status.heard(nowMs);
    this.#bytesSeen = bytes;
    this.#tickedAt = nowMs;
    if (this.status.silentTooLong(nowMs)) {
      this.fail(new SpillwayError('source_unreachable', 'The server has been silent for twice its wal_sender_timeout'));
    } else if (this.status.due(nowMs)) this.flushStatus();
  }
}
