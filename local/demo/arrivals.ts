import type { ReceivedItem } from './receiver-rules';

export interface Arrival {
  readonly at: string;
  readonly id: string;
  readonly key: string;
  readonly op: string;
  readonly table: string;
  readonly summary: string;
  readonly status: number;
  readonly duplicate: boolean;
  /** commit → here, ms. */
  readonly lagMs: number | null;
}

const KEEP = 200;
const KEEP_IDS = 500_000;

/** What arrived: the last events for the page, and counters that the outage check reads. In memory only. */
export class Arrivals {
  readonly #ids = new Map<string, string>();
  readonly #latest: Arrival[] = [];
  accepted = 0;
  refused = 0;
  duplicates = 0;
  turnedAway = 0;
  badSignatures = 0;

  add(item: ReceivedItem, status: number, now: Date): void {
    const duplicate = this.#ids.has(item.id);
    if (status < 300) {
      this.accepted++;
      if (duplicate) this.duplicates++;
      const version = item.value.after?.version;
      this.#ids.set(item.id, `${item.value.source.table}/${item.value.op}/${JSON.stringify(item.key)}/${version ?? ''}`);
      if (this.#ids.size > KEEP_IDS) this.#ids.delete(this.#ids.keys().next().value as string);
    } else {
      this.refused++;
    }
    const commitMs = Number(item.value.source.ts_ms);
    this.#latest.unshift({
      at: now.toISOString(),
      id: item.id,
      key: JSON.stringify(item.key),
      op: item.value.op,
      table: String(item.value.source.table),
      summary: summarise(item),
      status,
      duplicate,
      lagMs: item.value.op === 'r' || !Number.isFinite(commitMs) ? null : Math.max(0, now.getTime() - commitMs),
    });
    this.#latest.length = Math.min(this.#latest.length, KEEP);
  }

  latest(limit: number): readonly Arrival[] {
    return this.#latest.slice(0, limit);
  }

  /** Lines of `table/op/key/version`, in order of first arrival. */
  ledger(): string[] {
    return [...this.#ids.values()];
  }

  get unique(): number {
    return this.#ids.size;
  }
}

function summarise({ value }: ReceivedItem): string {
  const row = value.after ?? value.before ?? {};
  return ['status', 'ship_to', 'total', 'currency', 'name', 'email', 'type', 'sku']
    .filter((field) => row[field] !== undefined && row[field] !== null)
    .map((field) => String(row[field]))
    .join(' · ');
}
