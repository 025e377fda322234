import { SpillwayError } from '@/core/errors';
import type { Queries } from '@/worker/recovery/letter-store';
import { type PlaceInStream, placeInStream } from './place-in-stream';

/** What a stream's buffer holds, as found when it was taken over. */
export interface SpillContents {
  /** Number that the next change gets. */
  readonly nextOrdinal: number;
  /** Number of the oldest change; `nextOrdinal` when it is empty. */
  readonly firstOrdinal: number;
  readonly events: number;
  readonly bytes: number;
  /** Commit time of the oldest, ms; null when it is empty. */
  readonly oldestAt: number | null;
  /** Of the last change that was put there, ever. */
  readonly position: PlaceInStream | null;
}

/** Changes on their way into the buffer. */
export interface NewBatch {
  readonly ordinal: number;
  readonly events: number;
  readonly body: Buffer;
  readonly oldestAt: number;
  readonly position: PlaceInStream | null;
}

/** Changes that wait in the buffer. */
export interface KeptBatch {
  readonly ordinal: number;
  readonly events: number;
  /** Changes at its beginning that were delivered before. */
  readonly taken: number;
  readonly bytes: number;
  readonly oldestAt: number;
  readonly body: Buffer;
}

/** The durable buffer of one stream, for the pipeline of one epoch. A promise that resolves means: committed. Rejects with catalog_unavailable. */
export interface SpillStore {
  /** Takes the buffer over: from then on an older epoch writes nothing. Rejects with `fenced` when a later one has it. */
  open(): Promise<SpillContents>;
  /** False when the buffer is not as this pipeline knows it: another epoch has it, or the batch is there already. */
  append(batch: NewBatch): Promise<boolean>;
  /** The first batch from this number on. */
  load(fromOrdinal: number): Promise<KeptBatch | null>;
  /** Batches up to this number are delivered. False when another epoch has the buffer. */
  remove(throughOrdinal: number): Promise<boolean>;
  /** So many changes of this batch are delivered. */
  take(ordinal: number, count: number): Promise<void>;
}

/** Why no buffer may be kept in this database; null when it may. */
export type SpillPlace = (systemIdentifier: string) => Promise<string | null>;

/** The buffer in the catalog. */
export class PgSpillStore implements SpillStore {
  constructor(
    private readonly catalog: Queries,
    private readonly streamId: string,
    private readonly epoch: number,
  ) {}

  async open(): Promise<SpillContents> {
    const [header] = await this.catalog.query<{ next_ordinal: string; position: unknown }>(
      `insert into spill_buffer as kept (stream_id, epoch) values ($1, $2)
       on conflict (stream_id) do update set epoch = excluded.epoch, opened_at = now() where kept.epoch <= excluded.epoch
       returning next_ordinal::text, position`,
      [this.streamId, this.epoch],
    );
    if (!header) throw new SpillwayError('fenced', 'a later instance of this stream has taken over its buffer');
    const [sums] = await this.catalog.query<{ first: string | null; events: number; bytes: number; oldest: Date | null }>(
      `select min(ordinal)::text as first, coalesce(sum(events - taken), 0)::float8 as events, coalesce(sum(bytes), 0)::float8 as bytes,
         (select oldest_at from spill_batch where stream_id = $1 order by ordinal limit 1) as oldest
       from spill_batch where stream_id = $1`,
      [this.streamId],
    );
    const position = placeInStream.safeParse(header.position);
    const nextOrdinal = Number(header.next_ordinal);
    return {
      nextOrdinal,
      firstOrdinal: sums?.first ? Number(sums.first) : nextOrdinal,
      events: sums?.events ?? 0,
      bytes: sums?.bytes ?? 0,
      oldestAt: sums?.oldest?.getTime() ?? null,
      position: position.success ? position.data : null,
    };
  }

  async append({ ordinal, events, body, oldestAt, position }: NewBatch): Promise<boolean> {
    const added = await this.catalog.query(
      `with header as (
         update spill_buffer set next_ordinal = next_ordinal + $4, position = coalesce($7::jsonb, position)
         where stream_id = $1 and epoch = $2 and next_ordinal = $3 returning stream_id)
       insert into spill_batch (stream_id, ordinal, events, bytes, oldest_at, body)
       select stream_id, $3, $4, octet_length($6::bytea), $5, $6 from header returning ordinal`,
      [this.streamId, this.epoch, ordinal, events, new Date(oldestAt), body, position && JSON.stringify(position)],
    );
    return added.length === 1;
  }

  async load(fromOrdinal: number): Promise<KeptBatch | null> {
    const [row] = await this.catalog.query<Omit<KeptBatch, 'ordinal' | 'oldestAt'> & { ordinal: string; oldest_at: Date }>(
      `select spill_batch.ordinal::text as ordinal, events, taken, bytes, oldest_at, body from spill_batch
       where stream_id = $1 and ordinal >= $2 order by spill_batch.ordinal limit 1`,
      [this.streamId, fromOrdinal],
    );
    if (!row) return null;
    const { ordinal, oldest_at, ...rest } = row;
    return { ...rest, ordinal: Number(ordinal), oldestAt: oldest_at.getTime() };
  }

  async remove(throughOrdinal: number): Promise<boolean> {
    const held = await this.catalog.query(
      `with mine as (select stream_id from spill_buffer where stream_id = $1 and epoch = $2 for update),
            gone as (delete from spill_batch where stream_id in (select stream_id from mine) and ordinal <= $3)
       select stream_id from mine`,
      [this.streamId, this.epoch, throughOrdinal],
    );
    return held.length === 1;
  }

  async take(ordinal: number, count: number): Promise<void> {
    await this.catalog.query(
      `with mine as (select stream_id from spill_buffer where stream_id = $1 and epoch = $2 for update)
       update spill_batch set taken = $4 where stream_id in (select stream_id from mine) and ordinal = $3 and taken < $4`,
      [this.streamId, this.epoch, ordinal, count],
    );
  }
}

/** Refuses the server whose WAL the buffer is to free: its disk would only fill in another place. */
export function catalogPlace(catalog: Queries): SpillPlace {
  let identifier: string | null = null;
  return async (systemIdentifier) => {
    identifier ??= (await catalog.query<{ id: string }>('select system_identifier::text as id from pg_control_system()'))[0]?.id ?? null;
    if (identifier === null) return "the catalog's server does not tell its system identifier";
    return identifier === systemIdentifier
      ? "the buffer would be on the source's own server: move the catalog to another server so that events can be kept there"
      : null;
  };
}
