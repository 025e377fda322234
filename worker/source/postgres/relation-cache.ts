import { createHash } from 'node:crypto';
import type { Column, Relation } from '@/worker/source/source';
import { BUILTIN_TYPES } from './builtin-types';
import type { AnnouncedRelation } from './pgoutput-decoder';

/** What only the source's catalog knows of a relation. */
export interface CatalogFacts {
  /** Names of the primary key's columns; null when the table is gone. */
  readonly primaryKey: readonly string[] | null;
  /** Of the oids asked for; a domain stands for its base type. */
  readonly types: ReadonlyMap<number, ResolvedType>;
}
export interface ResolvedType {
  readonly name: string;
  /** Type modifier that a domain brings along; −1 when none. */
  readonly typeModifier: number;
}
export type CatalogLookup = (relationOid: number, typeOids: readonly number[]) => Promise<CatalogFacts>;

interface Known {
  /** Digest of what was announced. */
  readonly announced: string;
  readonly relation: Relation;
}

/**
 * Completes announced relations with primary key and type names. The server announces a relation at its first change and after
 * every change of its shape. Under the default replica identity the message itself marks the primary key as it was at that place
 * of the stream, so the catalog, which only knows the present, is asked only where the message cannot tell.
 */
export class RelationCache {
  readonly #known = new Map<number, Known>();
  readonly #types = new Map<number, ResolvedType>();
  /** Column lists by their content: the partitions of a table share one. */
  readonly #columns = new Map<string, readonly Column[]>();

  constructor(private readonly lookUp: CatalogLookup) {}

  /** The relation at once when nothing has to be asked, otherwise a promise: stop taking messages until it settles. */
  resolve(announced: AnnouncedRelation): Relation | Promise<Relation> {
    const shape = createHash('sha256').update(JSON.stringify(announced)).digest('base64');
    const known = this.#known.get(announced.oid);
    const keyKnown = keyIsAnnounced(announced);
    if (known && known.announced === shape && keyKnown) return known.relation;
    const unknownTypes = [...new Set(announced.columns.map((column) => column.typeOid))].filter(
      (oid) => !BUILTIN_TYPES.has(oid) && !this.#types.has(oid),
    );
    if (keyKnown && unknownTypes.length === 0) return this.#keep(announced, shape, null);
    return this.lookUp(announced.oid, unknownTypes).then((facts) => {
      for (const [oid, type] of facts.types) this.#types.set(oid, type);
      return this.#keep(announced, shape, keyKnown ? null : this.#keyOf(announced, facts.primaryKey));
    });
  }

  /** A dropped table has no key in the catalog any more: the last one known holds while its columns are there. */
  #keyOf(announced: AnnouncedRelation, fromCatalog: readonly string[] | null): ReadonlySet<string> {
    if (fromCatalog) return new Set(fromCatalog);
    const last = this.#known.get(announced.oid)?.relation.columns.filter((column) => column.primaryKey) ?? [];
    const names = new Set(announced.columns.map((column) => column.name));
    if (last.length > 0 && last.every((column) => names.has(column.name))) return new Set(last.map((column) => column.name));
    return new Set(announced.replicaIdentity === 'index' ? announced.columns.filter((c) => c.identity).map((c) => c.name) : []);
  }

  #keep(announced: AnnouncedRelation, shape: string, primaryKey: ReadonlySet<string> | null): Relation {
    const columns = announced.columns.map((column): Column => {
      const type = this.#types.get(column.typeOid);
      return {
        ...column,
        typeModifier: column.typeModifier === -1 && type ? type.typeModifier : column.typeModifier,
        typeName: BUILTIN_TYPES.get(column.typeOid) ?? type?.name ?? 'unknown',
        primaryKey: primaryKey ? primaryKey.has(column.name) : column.identity,
      };
    });
    const relation: Relation = { ...announced, columns: this.#shared(columns) };
    this.#known.set(announced.oid, { announced: shape, relation });
    return relation;
  }

  #shared(columns: readonly Column[]): readonly Column[] {
    const content = createHash('sha256').update(JSON.stringify(columns)).digest('base64');
    const shared = this.#columns.get(content) ?? columns;
    this.#columns.set(content, shared);
    return shared;
  }
}

/** Replica identity "default" is the primary key, unless that is deferrable: then nothing is marked and the catalog has to tell. */
function keyIsAnnounced(announced: AnnouncedRelation): boolean {
  return announced.replicaIdentity === 'default' && announced.columns.some((column) => column.identity);
}
