import { ALLOWED_DIFFERENCES, type AllowedDifference } from './allowed-differences';
import { canonicalNumber, type Lossless, NumberText, parseLossless } from './lossless-json';
import type { PeerEvent } from './peer-event';

/** One place where the two sides do not say the same. `ours` or `theirs` is undefined when that side has nothing there. */
export interface Difference {
  /** `schema.table` of the event. */
  readonly table: string;
  /** Type of the column under test, where the table is one of a type shape; otherwise empty. */
  readonly type: string;
  /** `value.after.v`, `key.id`, `headers.__debezium.newkey.id`, `event`, `tombstone`. */
  readonly path: string;
  readonly ours: Lossless | undefined;
  readonly theirs: Lossless | undefined;
  /** Text of both events. */
  readonly where: string;
}

export interface Comparison {
  readonly events: number;
  readonly explained: ReadonlyMap<AllowedDifference, number>;
  readonly unexplained: readonly Difference[];
}

/** An event with the tombstone that follows it. */
interface Group {
  readonly event: PeerEvent;
  readonly value: Lossless | undefined;
  tombstones: PeerEvent[];
  readonly identity: string;
}

/** What tells events apart on both sides: table, operation and LSN; snapshot rows have their place in the table instead. */
function groupsOf(events: readonly PeerEvent[]): Group[] {
  const groups: Group[] = [];
  const rows = new Map<string, number>();
  for (const event of events) {
    const last = groups.at(-1);
    if (event.value === null) {
      if (!last) throw new Error('a tombstone before every event');
      last.tombstones.push(event);
      continue;
    }
    const value = parseLossless(event.value);
    const op = at(value, 'op');
    const table = `${at(value, 'source', 'schema')}.${at(value, 'source', 'table')}`;
    const row = (rows.get(table) ?? 0) + 1;
    rows.set(table, row);
    const lsn = at(value, 'source', 'lsn');
    groups.push({
      event,
      value,
      tombstones: [],
      identity: `${table} ${op} ${op === 'r' ? `row ${row}` : lsn instanceof NumberText ? lsn.text : lsn}`,
    });
  }
  return groups;
}

/** Compares two streams of the same workload. `typeOf` says which type a table of a shape has. */
export function compareStreams(ours: readonly PeerEvent[], theirs: readonly PeerEvent[], typeOf: (table: string) => string): Comparison {
  const differences: Difference[] = [];
  const right = groupsOf(theirs);
  const left = groupsOf(ours);
  const theirIdentities = new Set(right.map((group) => group.identity));
  let next = 0;
  for (const mine of left) {
    const about = { table: mine.identity.split(/ [a-z] /)[0] ?? '', where: mine.identity };
    const base = { ...about, type: typeOf(about.table) };
    const other = right[next];
    if (other?.identity === mine.identity) {
      next++;
      comparePair(mine, other, (path, a, b) => differences.push({ ...base, path, ours: a, theirs: b }));
    } else if (theirIdentities.has(mine.identity)) {
      // Theirs sent something before that we did not, or in another order.
      const place = right.findIndex((group, index) => index >= next && group.identity === mine.identity);
      for (const extra of right.slice(next, Math.max(place, next))) {
        differences.push({ ...base, path: 'event', ours: undefined, theirs: extra.event.value, where: extra.identity });
      }
      if (place < 0) differences.push({ ...base, path: 'order', ours: mine.event.value, theirs: undefined });
      else {
        next = place + 1;
        comparePair(mine, right[place] as Group, (path, a, b) => differences.push({ ...base, path, ours: a, theirs: b }));
      }
    } else differences.push({ ...base, path: 'event', ours: mine.value, theirs: undefined });
  }
  for (const extra of right.slice(next)) {
    differences.push({ table: extra.identity, type: '', path: 'event', ours: undefined, theirs: extra.event.value, where: extra.identity });
  }
  return judged(ours.length, differences);
}

function judged(events: number, differences: readonly Difference[]): Comparison {
  const explained = new Map<AllowedDifference, number>();
  const unexplained: Difference[] = [];
  for (const difference of differences) {
    const reason = ALLOWED_DIFFERENCES.find((allowed) => allowed.covers(difference));
    if (reason) explained.set(reason, (explained.get(reason) ?? 0) + 1);
    else unexplained.push(difference);
  }
  return { events, explained, unexplained };
}

type Report = (path: string, ours: Lossless | undefined, theirs: Lossless | undefined) => void;

function comparePair(ours: Group, theirs: Group, report: Report): void {
  compare('key', parsed(ours.event.key), parsed(theirs.event.key), report);
  compare('value', ours.value, theirs.value, report);
  compare('headers', headersOf(ours.event), headersOf(theirs.event), report);
  const tombstones = (group: Group) => group.tombstones.map(({ key, headers }) => ({ key: parsed(key), headers: headersOf({ headers }) }));
  compare('tombstone', tombstones(ours), tombstones(theirs), report);
}

const parsed = (json: string | null): Lossless => (json === null ? null : parseLossless(json));

function headersOf({ headers }: Pick<PeerEvent, 'headers'>): Lossless {
  return Object.fromEntries(Object.entries(headers).map(([name, json]) => [name, parseLossless(json)]));
}

function compare(path: string, ours: Lossless | undefined, theirs: Lossless | undefined, report: Report): void {
  if (ours instanceof NumberText && theirs instanceof NumberText) {
    if (canonicalNumber(ours.text) !== canonicalNumber(theirs.text)) report(path, ours, theirs);
  } else if (Array.isArray(ours) && Array.isArray(theirs)) {
    if (ours.length !== theirs.length) report(path, ours, theirs);
    else for (const [index, item] of ours.entries()) compare(`${path}[${index}]`, item, theirs[index], report);
  } else if (isObject(ours) && isObject(theirs)) compareObjects(path, ours, theirs, report);
  else if (ours !== theirs) report(path, ours, theirs);
}

type Fields = { readonly [name: string]: Lossless };

function compareObjects(path: string, ours: Fields, theirs: Fields, report: Report): void {
  const shared = Object.keys(ours).filter((name) => name in theirs);
  const theirOrder = Object.keys(theirs).filter((name) => name in ours);
  if (shared.join('\0') !== theirOrder.join('\0')) report(`${path}#order`, Object.keys(ours), Object.keys(theirs));
  for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs)])) compare(`${path}.${name}`, ours[name], theirs[name], report);
}

function isObject(value: Lossless | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

function at(value: Lossless | undefined, ...path: string[]): Lossless | undefined {
  return path.reduce<Lossless | undefined>((from, name) => (isObject(from) ? from[name] : undefined), value);
}

/** A value in a line of a report. */
export function show(value: Lossless | undefined): string {
  if (value === undefined) return '(nothing)';
  const text = JSON.stringify(value, (_, inner: unknown) => (inner instanceof NumberText ? `#${inner.text}` : inner)).replaceAll(
    /"#([^"]*)"/g,
    '$1',
  );
  return text.length > 160 ? `${text.slice(0, 160)}… (${text.length} characters)` : text;
}
