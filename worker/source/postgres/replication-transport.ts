import type { Socket } from 'node:net';
import type { Client } from 'pg';
import { LogicalReplicationService } from 'pg-logical-replication';
import { AbstractPlugin } from 'pg-logical-replication/dist/output-plugins/abstract.plugin.js';
import { SpillwayError } from '@/core/errors';
import { quoteIdentifier, quotePublicationNames } from '@/core/postgres/identifiers';
import { SQLSTATE } from '@/core/postgres/sqlstate';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { replicationConfig, type SessionOptions } from './connection';
import { type LargeFrame, LargeRowReader } from './large-row';
import { MessageSplitter } from './message-splitter';
import { ReadingRhythm } from './reading-rhythm';
import { toSourceError } from './source-error';

const START_TIMEOUT_MS = 30_000;
const CLEAN_END_TIMEOUT_MS = 1_500;

/** The duplex byte stream of a running START_REPLICATION. */
export interface ReplicationTransport {
  pause(): void;
  resume(): void;
  send(status: Buffer): void;
  /** Bytes read from the socket so far. */
  readonly bytesRead: number;
  /** Sends CopyDone, waits for the server to release the slot (at most 1.5 s), closes the socket. Frames go on coming meanwhile. */
  end(): Promise<void>;
  /** Closes the socket at once. */
  destroy(): void;
  /** Resolves when the server ended the copy, rejects with a SpillwayError on any fault. */
  readonly ended: Promise<void>;
}

export interface TransportOptions {
  readonly source: SourceConnection;
  readonly session: SessionOptions;
  readonly slotName: string;
  readonly publicationName: string;
  /** Logical messages of the database come too (Postgres 14 and later). */
  readonly messages: boolean;
  /** Only what was written on this server itself comes (pgoutput option `origin 'none'`, Postgres 16). */
  readonly ownOriginOnly: boolean;
  /** CopyData payloads above this come decoded, with their large values cut; bytes. */
  readonly wholeRowBytes: number;
  /** How long after its commit the server sent what came last, ms. */
  readonly behindMs: () => number;
  /** One CopyData payload, from `start` to `end` of bytes that may be kept. Must not throw. */
  readonly onCopyData: (bytes: Buffer, start: number, end: number) => void;
  /** One that was too large to be kept whole. Must not throw. */
  readonly onLargeFrame: (frame: LargeFrame) => void;
  /** What the server sent is no protocol: nothing more is read. Must not throw. */
  readonly onFault: (thrown: unknown) => void;
  /** The server warned that a publication is missing (Postgres 18 goes on without it and sends no change). Must not throw. */
  readonly onMissingPublication: (message: string) => void;
}

/** What `pg` keeps to itself but a replication client needs; proved by every *.pg.test.ts here. */
interface CopyConnection {
  readonly stream: Socket;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * Puts our reading of the stream before the library's: CopyData is ours, every other message goes on to its parser byte by byte, which
 * is empty between two queries. So a large row is never put together by a buffer that doubles, nor held by the parser until the next read.
 */
function takeOver(stream: Socket, { wholeRowBytes, behindMs, onCopyData, onLargeFrame, onFault }: TransportOptions): ReadingRhythm {
  const parsers = stream.listeners('data') as ((bytes: Buffer) => void)[];
  if (parsers.length !== 1)
    throw new SpillwayError('internal', `The connection has ${parsers.length} readers where the library's is expected`);
  const splitter = new MessageSplitter(wholeRowBytes, {
    onCopyData,
    onLargeCopyData: (bytes) => new LargeRowReader(bytes, onLargeFrame),
    onOther: (message) => parsers[0]?.(message),
  });
  const rhythm = new ReadingRhythm(stream, behindMs);
  let broken = false;
  stream.removeAllListeners('data');
  stream.on('data', (bytes: Buffer) => {
    if (broken) return;
    try {
      splitter.take(bytes);
      rhythm.read(bytes.length);
    } catch (thrown) {
      broken = true;
      onFault(thrown);
    }
  });
  return rhythm;
}

/** Sends START_REPLICATION itself, with names quoted for both grammars, after it has taken the stream over. */
class RawPlugin extends AbstractPlugin<TransportOptions> {
  connection: CopyConnection | null = null;
  rhythm: ReadingRhythm | null = null;

  get name(): string {
    return 'pgoutput';
  }

  /** Never called: the library gets to see no CopyData. */
  parse(buffer: Buffer): Buffer {
    return buffer;
  }

  start(client: Client, slotName: string, lastLsn: string): Promise<unknown> {
    const connection = client.connection as unknown as CopyConnection;
    this.connection = connection;
    this.rhythm = takeOver(connection.stream, this.options);
    client.on('notice', (notice) => {
      if (notice.code === SQLSTATE.undefinedObject || /publication/.test(notice.message ?? '')) {
        this.options.onMissingPublication(notice.message ?? 'publication missing');
      }
    });
    const options = [
      "proto_version '1'",
      `publication_names ${quotePublicationNames([this.options.publicationName])}`,
      ...(this.options.messages ? ["messages 'true'"] : []),
      ...(this.options.ownOriginOnly ? ["origin 'none'"] : []),
    ].join(', ');
    return client.query(`START_REPLICATION SLOT ${quoteIdentifier(slotName)} LOGICAL ${lastLsn} (${options})`);
  }
}

/**
 * Starts replication from where the slot stands (0/0: the slot is the authority on position). The library connects, signs in and
 * starts, nothing more: its acknowledgements, its timer and its decoder stay off, since each of them loses data
 * (library-pins.test.ts pins how). One service per connection, never used again.
 */
export async function startReplication(options: TransportOptions): Promise<ReplicationTransport> {
  const config = replicationConfig(options.source, options.session);
  const service = new LogicalReplicationService(config, { acknowledge: { auto: false, timeoutSeconds: 0 } });
  // The same fault rejects subscribe(); without a listener the emitter would throw.
  service.on('error', () => undefined);
  const plugin = new RawPlugin(options);
  const started = new Promise<void>((resolve) => service.once('start', resolve));
  const finished = service.subscribe(plugin, options.slotName, '0/0').then(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      started,
      finished.then(() => Promise.reject(new SpillwayError('source_unreachable', 'The connection ended before replication started'))),
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new SpillwayError('source_unreachable', 'Replication did not start within 30 s')),
          START_TIMEOUT_MS,
        );
      }),
    ]);
  } catch (thrown) {
    finished.catch(() => undefined);
    await service.destroy().catch(() => undefined);
    throw toSourceError(thrown, `Starting replication from slot ${options.slotName} failed`);
  } finally {
    clearTimeout(timer);
  }
  if (!plugin.connection) throw new SpillwayError('internal', 'Replication started without a connection');
  return transportOf(service, plugin, plugin.connection, finished);
}

function transportOf(
  service: LogicalReplicationService,
  { rhythm }: RawPlugin,
  connection: CopyConnection,
  finished: Promise<void>,
): ReplicationTransport {
  const ended = finished.then(
    () => release(service),
    async (thrown: unknown) => {
      await release(service);
      throw toSourceError(thrown, 'The replication connection broke');
    },
  );
  ended.catch(() => undefined);
  const settled = ended.catch(() => undefined);
  return {
    pause: () => connection.stream.pause(),
    resume: () => connection.stream.resume(),
    send: (status) => connection.sendCopyFromChunk(status),
    get bytesRead() {
      return connection.stream.bytesRead;
    },
    async end() {
      rhythm?.end();
      connection.endCopyFrom();
      connection.stream.resume();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLEAN_END_TIMEOUT_MS);
      });
      await Promise.race([settled, late]);
      clearTimeout(timer);
      await release(service);
    },
    destroy() {
      rhythm?.end();
      void release(service);
    },
    ended,
  };
}

async function release(service: LogicalReplicationService): Promise<void> {
  await service.destroy().catch(() => undefined);
}
