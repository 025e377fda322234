import type { Column, Relation } from '@/worker/source/source';

/** What differs between two Relation messages of one table, one phrase a change; empty when nothing that matters does. Pure. */
export function shapeChanges(before: Relation, after: Relation): string[] {
  const changes: string[] = [];
  if (before.schema !== after.schema || before.table !== after.table)
    changes.push(`renamed from ${before.schema}.${before.table} to ${after.schema}.${after.table}`);
  if (before.replicaIdentity !== after.replicaIdentity)
    changes.push(`replica identity changed from ${before.replicaIdentity} to ${after.replicaIdentity}`);
  return [...changes, ...columnChanges(before.columns, after.columns)];
}

function columnChanges(before: readonly Column[], after: readonly Column[]): string[] {
  const named = (columns: readonly Column[], name: string) => columns.find((column) => column.name === name);
  const gone = before.filter((column) => !named(after, column.name));
  const added = after.filter((column) => !named(before, column.name));
  const renamed = renames(before, after, gone, added);
  const changes = renamed.map(([from, to]) => `column ${from.name} renamed to ${to.name}`);
  const told = new Set(renamed.flat());
  for (const column of gone) if (!told.has(column)) changes.push(`column ${column.name} dropped`);
  for (const column of added) if (!told.has(column)) changes.push(`column ${column.name} added (${column.typeName})`);
  for (const column of after) {
    const old = named(before, column.name);
    if (!old) continue;
    if (old.typeOid !== column.typeOid) changes.push(`column ${column.name} changed its type from ${old.typeName} to ${column.typeName}`);
    else if (old.typeModifier !== column.typeModifier) changes.push(`column ${column.name} changed the length or precision of its type`);
    if (old.primaryKey !== column.primaryKey)
      changes.push(`column ${column.name} ${column.primaryKey ? 'joined' : 'left'} the primary key`);
  }
  return changes;
}

/** A Relation message carries no attribute numbers: the same place and type among as many columns is a rename. */
function renames(
  before: readonly Column[],
  after: readonly Column[],
  gone: readonly Column[],
  added: readonly Column[],
): [Column, Column][] {
  if (before.length !== after.length) return [];
  return gone.flatMap((from): [Column, Column][] => {
    const to = after[before.indexOf(from)];
    return to && added.includes(to) && to.typeOid === from.typeOid ? [[from, to]] : [];
  });
}
