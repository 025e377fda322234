import type { CommittedChange } from './oracle';

/** One arrival at a sink, in order of arrival. */
export interface Arrival {
  readonly eventId: string;
  /** Canonical JSON of the key. */
  readonly key: string | null;
  /** The payload; null for a tombstone. */
  readonly value: Envelope | null;
}
export interface Envelope {
  readonly op: string;
  readonly after: { readonly id: number; readonly version: number } | null;
  readonly [field: string]: unknown;
}

export interface Verdict {
  /** In words; empty when every invariant holds. */
  readonly problems: readonly string[];
  /** Arrivals beyond the first of their event. */
  readonly duplicates: number;
  readonly arrivals: number;
}

/**
 * Compares what was committed with what arrived.
 * I1 no loss, I2 no invention, I3 order per key on first delivery: the first arrivals of each key are exactly its committed
 * changes, in order. I4: arrivals with the same id are the same (see `comparable` for the two exceptions).
 */
export function judge(committed: readonly CommittedChange[], arrivals: readonly Arrival[]): Verdict {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  const first = new Map<number, string[]>();
  for (const arrival of arrivals) {
    const text = comparable(arrival.value);
    const known = seen.get(arrival.eventId);
    if (known !== undefined) {
      if (known !== text) problems.push(`I4: event ${arrival.eventId} came again with other bytes`);
      continue;
    }
    seen.set(arrival.eventId, text);
    if (arrival.value === null) continue;
    const key = Number(JSON.parse(arrival.key ?? '{}').id);
    first.set(key, [...(first.get(key) ?? []), `${arrival.value.op}${arrival.value.after?.version ?? ''}`]);
  }
  const expected = new Map<number, string[]>();
  for (const { key, op, version } of committed) expected.set(key, [...(expected.get(key) ?? []), `${op}${version ?? ''}`]);
  for (const key of new Set([...expected.keys(), ...first.keys()])) {
    const problem = compareKey(key, expected.get(key) ?? [], first.get(key) ?? []);
    if (problem) problems.push(problem);
  }
  return { problems: problems.slice(0, 20), duplicates: arrivals.length - seen.size, arrivals: arrivals.length };
}

/** State at the sink when it keeps the last of each key: key → version. */
export function lastWriteWins(arrivals: readonly Arrival[]): Map<number, number> {
  const state = new Map<number, number>();
  for (const { key, value } of arrivals) {
    if (value === null) continue;
    const id = Number(JSON.parse(key ?? '{}').id);
    if (value.after) state.set(id, value.after.version);
    else state.delete(id);
  }
  return state;
}

function compareKey(key: number, expected: readonly string[], arrived: readonly string[]): string | null {
  const at = expected.findIndex((change, index) => arrived[index] !== change);
  if (at === -1 && arrived.length === expected.length) return null;
  const place = at === -1 ? expected.length : at;
  const missing = subtract(expected, arrived);
  const invented = subtract(arrived, expected);
  const what = missing.length > 0 ? 'I1: lost' : invented.length > 0 ? 'I2: invented' : 'I3: out of order';
  const around = (changes: readonly string[]) => changes.slice(Math.max(0, place - 2), place + 4).join(' ') || 'nothing';
  return `${what}: key ${key} from change ${place} of ${expected.length}: committed ${around(expected)}, arrived ${around(arrived)} (missing ${missing.length}, invented ${invented.length})`;
}

/** Elements of `from` that are not in `what`, counted. */
function subtract(from: readonly string[], what: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const item of what) left.set(item, (left.get(item) ?? 0) + 1);
  return from.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}

/**
 * The envelope without what may differ between two deliveries of one event: the time at which it was made, and in
 * `source.sequence` the commit before it, which is not known (null) for the first transaction of a connection.
 */
export function comparable(value: Envelope | null): string {
  if (value === null) return 'null';
  const { ts_ms: _ms, ts_us: _us, ts_ns: _ns, source, ...rest } = value;
  return JSON.stringify({ ...rest, source: { ...(source as object | undefined), sequence: undefined } });
}
