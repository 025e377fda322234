import type { Relation } from '@/worker/source/source';

/** Relations in use at a time, about: partitions that take writes now, or the tables of a stream. */
const MOST_LIVE = 512;

/**
 * Relations by oid, for changes. The object that a change carries is what flows hang their compiled encoders on, so only those used last
 * are kept: a stream over 10,000 partitions costs a name for each, not an encoder. An object that was let go is made anew, equal.
 */
export class LiveRelations {
  readonly #announced = new Map<number, Relation>();
  /** In the order of their last use. */
  readonly #live = new Map<number, Relation>();
  #latest: Relation | null = null;

  announce(relation: Relation): void {
    this.#announced.set(relation.oid, relation);
    this.#live.delete(relation.oid);
    this.#latest = null;
  }

  get(oid: number): Relation | null {
    if (this.#latest?.oid === oid) return this.#latest;
    const announced = this.#announced.get(oid);
    if (!announced) return null;
    const relation = this.#live.get(oid) ?? { ...announced };
    this.#live.delete(oid);
    this.#live.set(oid, relation);
    if (this.#live.size > MOST_LIVE) {
      const [oldest] = this.#live.keys();
      if (oldest !== undefined) this.#live.delete(oldest);
    }
    this.#latest = relation;
    return relation;
  }
}
