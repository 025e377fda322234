import { describe, expect, it, vi } from 'vitest';
import type { Chunk, ChunkReader } from '@/worker/source/postgres/chunk-reader';
import { parseSnapshot } from '@/worker/source/postgres/visible-set';
import type { Change, Relation, TransactionInfo } from '@/worker/source/source';
import { WATERMARK_PREFIX } from './chunk-marks';
import { ChunkedSnapshot, type SnapshotProgress } from './chunked-snapshot';

const column = { name: 'id', typeOid: 23, typeModifier: -1, typeName: 'int4', primaryKey: true, identity: true };
const relation: Relation = { oid: 1, schema: 'public', table: 't', replicaIdentity: 'default', columns: [column] };
const CHUNK = 2;
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 1 });

/** A table of so many rows, a stream that brings marks when it is told to, and a sink that settles them when it is told to. */
class World {
  readonly marks: string[] = [];
  readonly reads: (string | null)[] = [];
  readonly emitted: string[] = [];
  readonly saved: SnapshotProgress[] = [];
  wanted: 'read' | 'wait' | 'end' = 'read';
  readonly waits: (string | null)[] = [];
  rowBytes = 1;
  private lsn = 0n;
  private confirmed = 0n;
  readonly job: ChunkedSnapshot;

  constructor(private readonly rows: number) {
    const reader = {
      suspects: async () => [],
      lookAtSlot: async () => ({ at: performance.now(), walStatus: 'reserved', safeWalBytes: null }),
      mark: async (_prefix: string, content: string) => {
        this.marks.push(content);
      },
      read: async (key: readonly string[], after: readonly string[] | null) => this.read(key, after),
      close: async () => undefined,
    };
    const deps = {
      streamId: 's',
      epoch: 1,
      systemId: '7',
      origin: 'o',
      before: [],
      limits: { rows: CHUNK, bytes: 1_000 },
      open: async () => reader as unknown as ChunkReader,
      roomy: () => true,
      confirmed: () => this.confirmed,
      emit: (change: Change) => this.emitted.push(String(change.after?.[0])),
      save: async (progress: SnapshotProgress) => {
        this.saved.push(progress);
      },
      next: async () => this.wanted,
      onWaiting: (reason: string | null) => this.waits.push(reason),
      onHeld: () => undefined,
    };
    this.job = new ChunkedSnapshot(deps, { key: ['id'], cursor: null, chunk: 0, rows: 0, total: rows });
  }

  private read(key: readonly string[], after: readonly string[] | null): Chunk {
    this.reads.push(after?.[0] ?? null);
    const from = Number(after?.[0] ?? 0);
    const ids = Array.from({ length: Math.min(CHUNK, this.rows - from) }, (_, at) => String(from + at + 1));
    const visible = parseSnapshot('1000:2000:');
    const place = () => ({ relation, tuple: [] });
    const rows = ids.map((id) => ({ tuple: [id] }));
    return {
      relation,
      behind: 'partition',
      place: (tuple) => ({ ...place(), tuple }),
      key,
      rows,
      bytes: this.rowBytes * rows.length,
      cursor: ids.slice(-1),
      last: ids.length < CHUNK,
      visible,
    };
  }

  /** A transaction of the table comes on the stream. */
  update(xid: number, id: string): void {
    this.inTransaction(xid, (transaction) => {
      const position = { systemId: '7', commitLsn: transaction.commitLsn, seq: 0, fromSnapshot: false };
      const rows = { before: null, beforeKind: 'none', after: [id], wireBytes: 1 } as const;
      this.job.take({ kind: 'change', change: { op: 'u', relation, lsn: 1n, position, transaction, ...rows } });
    });
  }

  /** The marks that were written so far and have not come. */
  bringMarks(): void {
    for (const content of this.marks.splice(0)) {
      this.inTransaction(1, (transaction) => {
        const message = { transaction, systemId: '7', prefix: WATERMARK_PREFIX, content: Buffer.from(content), lsn: this.lsn };
        this.job.take({ kind: 'message', message });
      });
    }
  }

  private inTransaction(xid: number, inside: (transaction: TransactionInfo) => void): void {
    this.lsn += 10n;
    const transaction = { xid, commitLsn: this.lsn, commitTimeUs: 0n, previousCommitLsn: null };
    this.job.take({ kind: 'begin', transaction });
    inside(transaction);
    this.job.take({ kind: 'commit', transaction, endLsn: this.lsn });
  }

  settle(): void {
    this.confirmed = this.lsn;
    this.job.ring();
  }
}
const kinds = (marks: readonly string[]) => marks.map((content) => JSON.parse(content).kind);

describe('ChunkedSnapshot', () => {
  it('reads one chunk ahead while rows are on their way, and lets its rows in only when those are settled', async () => {
    const world = new World(5);
    const done = world.job.run();
    await until(() => expect(kinds(world.marks)).toEqual(['low', 'high']));
    await until(() => expect(world.reads).toEqual([null, '2']));
    world.bringMarks();
    expect(world.emitted).toEqual(['1', '2']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([world.marks, world.reads.length, world.saved]).toEqual([[], 2, []]);
    world.settle();
    // The high mark of the first is what the second was read behind.
    await until(() => expect(kinds(world.marks)).toEqual(['high']));
    await until(() => expect(world.reads).toEqual([null, '2', '4']));
    expect(world.saved).toMatchObject([{ cursor: ['2'], chunk: 1, rows: 2 }]);
    for (const emitted of [4, 5]) {
      world.bringMarks();
      expect(world.emitted).toHaveLength(emitted);
      world.settle();
      if (emitted < 5) await until(() => expect(world.marks).toHaveLength(1));
    }
    expect(await done).toBe(true);
    expect(world.emitted).toEqual(['1', '2', '3', '4', '5']);
    expect(world.saved.at(-1)).toMatchObject({ cursor: ['5'], chunk: 3, rows: 5 });
  });

  it('drops from a chunk that waits what the stream changes before its own high mark', async () => {
    const world = new World(5);
    const done = world.job.run();
    await until(() => expect(world.reads).toEqual([null, '2']));
    world.bringMarks();
    world.update(500, '3');
    world.settle();
    await until(() => expect(kinds(world.marks)).toEqual(['high']));
    world.update(501, '4');
    world.bringMarks();
    expect(world.emitted).toEqual(['1', '2']);
    world.job.end();
    expect(await done).toBe(false);
  });

  it('reads a chunk again that cannot be judged, and with it the one that was read behind it', async () => {
    const world = new World(5);
    const done = world.job.run();
    await until(() => expect(world.reads).toEqual([null, '2']));
    // A relation without the key's column: which rows were changed is not known.
    const renamed = { ...relation, columns: [{ ...column, name: 'ident' }] };
    const transaction = { xid: 1500, commitLsn: 1n, commitTimeUs: 0n, previousCommitLsn: null };
    const [low, high] = world.marks.splice(0);
    world.marks.push(low ?? '');
    world.bringMarks();
    world.job.take({ kind: 'begin', transaction });
    const position = { systemId: '7', commitLsn: 1n, seq: 0, fromSnapshot: false };
    const rows = { before: null, beforeKind: 'none', after: ['1'], wireBytes: 1 } as const;
    world.job.take({ kind: 'change', change: { op: 'u', relation: renamed, lsn: 1n, position, transaction, ...rows } });
    world.job.take({ kind: 'commit', transaction, endLsn: 1n });
    world.marks.push(high ?? '');
    world.bringMarks();
    expect(world.emitted).toEqual([]);
    await until(() => expect(kinds(world.marks)).toEqual(['low', 'high']));
    expect(world.waits).toContainEqual(expect.stringContaining('does not show to readers yet'));
    expect(world.reads.slice(0, 3)).toEqual([null, '2', null]);
    world.bringMarks();
    expect(world.emitted).toEqual(['1', '2']);
    world.job.end();
    expect(await done).toBe(false);
    expect(world.saved).toEqual([]);
  });

  it('forgets a chunk that waits when somebody pauses it, and reads it again behind a low mark of its own', async () => {
    const world = new World(5);
    const done = world.job.run();
    await until(() => expect(world.reads).toEqual([null, '2']));
    world.bringMarks();
    world.wanted = 'wait';
    world.settle();
    await until(() => expect(world.waits.at(-1)).toBe('somebody to resume it'));
    expect([world.marks, world.emitted, world.saved.length]).toEqual([[], ['1', '2'], 1]);
    world.wanted = 'read';
    world.job.ring();
    await until(() => expect(kinds(world.marks)).toEqual(['low', 'high']));
    expect(world.reads.slice(0, 3)).toEqual([null, '2', '2']);
    world.bringMarks();
    expect(world.emitted).toEqual(['1', '2', '3', '4']);
    world.wanted = 'end';
    world.settle();
    expect(await done).toBe(false);
    expect(world.saved.at(-1)).toMatchObject({ cursor: ['4'], chunk: 2 });
  });

  it('reads nothing ahead of rows that take much memory', async () => {
    const world = new World(5);
    world.rowBytes = 2 * 1024 * 1024;
    const done = world.job.run();
    for (const emitted of [2, 4, 5]) {
      await until(() => expect(world.marks).toHaveLength(2));
      expect(kinds(world.marks)).toEqual(['low', 'high']);
      world.bringMarks();
      expect([world.emitted.length, world.reads.length]).toEqual([emitted, Math.ceil(emitted / 2)]);
      world.settle();
    }
    expect(await done).toBe(true);
  });
});
