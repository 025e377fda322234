import { type Change, type ColumnValue, type Relation, UNCHANGED } from '@/worker/source/source';
import { type StoredValue, storeChange } from '@/worker/source/stored-change';
import { READABLE } from './configurations';
import type { BothSides } from './run-configuration';

/**
 * What the modes do to values, as JSON lines: relations, and rows with Debezium's JSON of them by configuration. Rows that look the same
 * in all configurations are in the captured stream; here are the others, without what surrounds a row.
 */
const LARGE = 3000;
type Line =
  | { relation: Relation }
  /** `after[configuration]` is missing where it is that of READABLE. */
  | { of: number; row: readonly StoredValue[]; after: Readonly<Record<string, string>> };

export interface GoldenRow {
  readonly relation: Relation;
  readonly row: readonly ColumnValue[];
  /** Debezium's `after` in this configuration. */
  readonly afterIn: (configuration: string) => string;
}

/** The lines of a golden file, of streams in all configurations. */
export function goldenValueLines(streams: ReadonlyMap<string, BothSides>): string {
  const names = [...streams.keys()];
  const written = new Map(names.map((name) => [name, afterByPlace(streams.get(name))]));
  const places = new Map(names.map((name) => [name, rowPlaces(streams.get(name))]));
  const lines: Line[] = [];
  let latest: Relation | null = null;
  let relations = -1;
  for (const [index, { change, place }] of (places.get(READABLE.name) ?? []).entries()) {
    const row = storeChange(change).after ?? [];
    if (JSON.stringify(row).length > LARGE) continue;
    const after = names.map((name) => [name, written.get(name)?.get(places.get(name)?.[index]?.place ?? '')] as const);
    const plain = written.get(READABLE.name)?.get(place);
    // Debezium stopped at it, or says the same in all.
    if (plain === undefined || after.every(([, text]) => text === plain)) continue;
    if (change.relation !== latest) {
      latest = change.relation;
      relations++;
      lines.push({ relation: latest });
    }
    const others = after.filter(([name, text]) => name === READABLE.name || text !== plain);
    lines.push({ of: relations, row, after: Object.fromEntries(others.map(([name, text]) => [name, text ?? ''])) });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Changes that have a new row, in the order of the workload, which is the same in every configuration. */
function rowPlaces(sides: BothSides | undefined): { change: Change; place: string }[] {
  return (sides?.made ?? []).flatMap(({ change }) => {
    const { op, relation, lsn } = change;
    return op === 'c' || (op === 'u' && change.beforeKind === 'none')
      ? [{ change, place: `${relation.schema}.${relation.table} ${op} ${lsn}` }]
      : [];
  });
}

function afterByPlace(sides: BothSides | undefined): Map<string, string> {
  return new Map(
    (sides?.theirs ?? []).flatMap(({ value }) => {
      if (value === null) return [];
      const { op, source } = JSON.parse(value) as { op: string; source: { schema: string; table: string; lsn: number } };
      const from = value.indexOf(',"after":') + ',"after":'.length;
      return [[`${source.schema}.${source.table} ${op} ${source.lsn}`, value.slice(from, value.lastIndexOf(',"source":{"version"'))]];
    }),
  );
}

export function readGoldenValues(text: string): GoldenRow[] {
  const relations: Relation[] = [];
  const rows: GoldenRow[] = [];
  for (const json of text.trimEnd().split('\n')) {
    const line = JSON.parse(json) as Line;
    if ('relation' in line) {
      relations.push(line.relation);
      continue;
    }
    const relation = relations[line.of];
    if (!relation) throw new Error(`relation ${line.of} is not there`);
    const row = line.row.map((value): ColumnValue => (typeof value === 'object' && value !== null ? UNCHANGED : value));
    rows.push({ relation, row, afterIn: (configuration) => line.after[configuration] ?? line.after[READABLE.name] ?? '' });
  }
  return rows;
}
