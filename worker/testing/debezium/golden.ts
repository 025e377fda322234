import type { Change, Relation } from '@/worker/source/source';
import { restoreChange, type StoredChange, storeChange } from '@/worker/source/stored-change';
import type { PeerEvent } from './peer-event';
import type { MadeEvents } from './spillway-side';

/**
 * A captured run as JSON lines: relations as they were announced, the changes that were decoded (their relation by number), and
 * what Debezium sent for them. Out-of-line values are left out: they are large and say nothing that others do not.
 */
const LARGE = 3000;
type RelationPart = Pick<StoredChange, 'schema' | 'table' | 'relationOid' | 'replicaIdentity' | 'columns'>;
type Line = { relation: RelationPart } | { of: number; change: Omit<StoredChange, keyof RelationPart> } | { debezium: PeerEvent };

/** The lines of a golden file, of the tables (`schema.table`) that are kept. */
export function goldenLines(
  made: readonly MadeEvents[],
  theirs: readonly PeerEvent[],
  kept: (table: string) => boolean = () => true,
): string {
  const lines: Line[] = [];
  const relations = new Map<string, number>();
  const left = new Set<string>();
  for (const { change } of made) {
    const { schema, table, relationOid, replicaIdentity, columns, ...rest } = storeChange(change);
    if (!kept(`${schema}.${table}`)) continue;
    if (JSON.stringify(rest).length > LARGE) {
      left.add(placeOf(schema, table, String(change.lsn)));
      continue;
    }
    const relation = { schema, table, relationOid, replicaIdentity, columns };
    const text = JSON.stringify(relation);
    let of = relations.get(text);
    if (of === undefined) {
      of = relations.size;
      relations.set(text, of);
      lines.push({ relation });
    }
    lines.push({ of, change: rest });
  }
  let skipping = false;
  for (const { key, value, headers } of theirs) {
    // A tombstone goes with the event before it.
    if (value !== null) {
      const { source } = JSON.parse(value) as { source: { schema: string; table: string; lsn: number } };
      skipping = !kept(`${source.schema}.${source.table}`) || left.has(placeOf(source.schema, source.table, String(source.lsn)));
    }
    const ofEvent = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('__debezium.context.')));
    if (!skipping) lines.push({ debezium: { key, value, headers: ofEvent } });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const placeOf = (schema: string, table: string, lsn: string) => `${schema} ${table} ${lsn}`;

/** What a golden file holds. A relation is one object for all its changes, as in a live stream. */
export function readGolden(text: string): { changes: Change[]; theirs: PeerEvent[] } {
  const parts: RelationPart[] = [];
  const relations: Relation[] = [];
  const changes: Change[] = [];
  const theirs: PeerEvent[] = [];
  for (const json of text.trimEnd().split('\n')) {
    const line = JSON.parse(json) as Line;
    if ('relation' in line) parts.push(line.relation);
    else if ('debezium' in line) theirs.push(line.debezium);
    else {
      const part = parts[line.of];
      if (!part) throw new Error(`relation ${line.of} is not there`);
      const change = restoreChange({ ...part, ...line.change });
      relations[line.of] ??= change.relation;
      changes.push({ ...change, relation: relations[line.of] ?? change.relation });
    }
  }
  return { changes, theirs };
}
