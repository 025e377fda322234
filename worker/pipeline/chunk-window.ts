import type { Chunk } from '@/worker/source/postgres/chunk-reader';
import type { ReadRow } from '@/worker/source/postgres/read-change';
import { type Change, type ColumnValue, type Relation, type Tuple, UNCHANGED } from '@/worker/source/source';

/**
 * What transactions did to a row since: null = the stream told the whole row, or that it is gone; otherwise the last row told, with
 * values that none of them has told yet.
 */
type Fate = { readonly relation: Relation; readonly row: Tuple } | null;

/** One streamed transaction and the keys that it changed. */
interface Touched {
  readonly xid: number;
  readonly fates: Map<string, Fate>;
  /** The table was truncated: nothing read before still stands. */
  wiped: boolean;
  /** Its keys are not known (too many, or the key's columns are gone): a chunk that needs them has to be read again. */
  unsure: boolean;
}

export interface WindowLimits {
  /** Keys kept in all. */
  readonly keys: number;
  /** Transactions kept in all. */
  readonly transactions: number;
}
const LIMITS: WindowLimits = { keys: 50_000, transactions: 10_000 };

/**
 * Judges the rows of a chunk by what came on the stream. A row whose key was changed between the marks is dropped: the event that was
 * streamed is at least as new. So is one whose key was changed by a transaction that came before the low mark but that the chunk's
 * snapshot did not show: a commit is written to the WAL a moment before it becomes visible.
 */
export class ChunkWindow {
  private recent: Touched[] = [];
  private open: Touched | null = null;
  private keys = 0;
  /** Transactions of `recent` from here on came after the low mark; null when there is none. */
  private lowAt: number | null = null;
  private places: { readonly relation: Relation; readonly at: readonly number[] | null } | null = null;

  /** `before`: transactions that came on the stream before the window saw any; what they changed is not known. */
  constructor(
    private readonly key: readonly string[],
    private before: readonly number[] = [],
    private readonly limits: WindowLimits = LIMITS,
  ) {}

  /** What these changed is not known either. */
  suspect(xids: readonly number[]): void {
    this.before = [...this.before, ...xids];
  }

  begin(xid: number): void {
    this.open = { xid, fates: new Map(), wiped: false, unsure: false };
  }

  change(change: Change): void {
    const { open } = this;
    if (!open || open.unsure) return;
    if (change.op === 't') {
      this.forget(open);
      open.wiped = true;
      return;
    }
    const at = this.placesIn(change.relation);
    if (!at) {
      this.giveUp(open);
      return;
    }
    const from = change.before && keyText(change.before, at);
    const to = change.after && keyText(change.after, at);
    if (from !== null && from !== to) this.note(open, from, null);
    if (to !== null) this.note(open, to, change.after?.includes(UNCHANGED) ? { relation: change.relation, row: change.after } : null);
    if (this.keys > this.limits.keys) this.makeRoom();
  }

  commit(): void {
    const { open } = this;
    this.open = null;
    if (!open || (open.fates.size === 0 && !open.wiped && !open.unsure)) return;
    this.recent.push(open);
    while (this.recent.length > this.limits.transactions) this.shift();
  }

  /** The low mark came. */
  openAt(): void {
    this.lowAt = this.recent.length;
  }

  /** The high mark came: rows that still stand, or null when that cannot be told and the chunk has to be read again. */
  judge(chunk: Chunk): readonly ReadRow[] | null {
    const { lowAt } = this;
    this.lowAt = null;
    if (lowAt === null) return null;
    const since = this.recent.filter(({ xid }, index) => index >= lowAt || !chunk.visible.shows(xid));
    this.before = this.before.filter((xid) => !chunk.visible.shows(xid));
    this.prune(chunk);
    // A stale row of theirs could overtake the event that is delivered already.
    if (this.before.length > 0) return null;
    if (since.some(({ unsure }) => unsure)) return null;
    if (since.some(({ wiped }) => wiped)) return [];
    const at = this.placesIn(chunk.relation);
    if (!at) return null;
    const told = since.filter(({ fates }) => fates.size > 0);
    if (told.length === 0) return chunk.rows;
    const standing: ReadRow[] = [];
    for (const row of chunk.rows) {
      const key = keyText(row.tuple, at);
      const fate = told.reduce<Fate | undefined>((before, { fates }) => {
        const next = fates.get(key);
        return next === undefined ? before : merge(before, next);
      }, undefined);
      if (fate === undefined) standing.push(row);
      else if (fate !== null) {
        // The stream left out large values because they did not change, and nobody has told them before: the row read knows them.
        if (!sameShape(fate.relation, chunk.relation)) return null;
        // Behind the columns of the relation a row read may say which partition it is of.
        standing.push({ tuple: [...fill(fate.row, row.tuple), ...row.tuple.slice(fate.row.length)] });
      }
    }
    return standing;
  }

  /** Everything that a snapshot shows, later ones show too. */
  private prune(chunk: Chunk): void {
    this.recent = this.recent.filter(({ xid }) => !chunk.visible.shows(xid));
    this.keys = this.recent.reduce((sum, { fates }) => sum + fates.size, this.open?.fates.size ?? 0);
  }

  private note(open: Touched, key: string, fate: Fate): void {
    const before = open.fates.get(key);
    if (before === undefined) this.keys++;
    open.fates.set(key, merge(before, fate));
  }

  private makeRoom(): void {
    const oldest = this.recent.find(({ fates }) => fates.size > 0) ?? this.open;
    if (oldest) this.giveUp(oldest);
  }

  private giveUp(touched: Touched): void {
    this.forget(touched);
    touched.unsure = true;
  }

  private forget(touched: Touched): void {
    this.keys -= touched.fates.size;
    touched.fates.clear();
  }

  private shift(): void {
    const oldest = this.recent.shift();
    if (!oldest) return;
    this.keys -= oldest.fates.size;
    if (this.lowAt === 0) {
      // It came after the low mark: what it did must not be forgotten before the chunk is judged.
      const next = this.recent[0];
      if (next) this.giveUp(next);
    } else if (this.lowAt !== null) this.lowAt--;
  }

  private placesIn(relation: Relation): readonly number[] | null {
    if (this.places?.relation !== relation) {
      const at = this.key.map((name) => relation.columns.findIndex((column) => column.name === name));
      this.places = { relation, at: at.includes(-1) ? null : at };
    }
    return this.places.at;
  }
}

/** Key of a row as text; the same for a row read and a row streamed, since both come in the server's text format. */
function keyText(row: Tuple, at: readonly number[]): string {
  return JSON.stringify(at.map((place) => row[place] ?? null));
}

function merge(before: Fate | undefined, next: Fate): Fate {
  if (next === null || before === undefined) return next;
  if (before === null) return null;
  if (!sameShape(before.relation, next.relation)) return next;
  const row = fill(next.row, before.row);
  return row.includes(UNCHANGED) ? { relation: next.relation, row } : null;
}

function fill(row: Tuple, from: Tuple): Tuple {
  return row.map((value, index): ColumnValue => (value === UNCHANGED ? (from[index] ?? null) : value));
}

function sameShape(a: Relation, b: Relation): boolean {
  return a === b || (a.columns.length === b.columns.length && a.columns.every((column, index) => column.name === b.columns[index]?.name));
}
