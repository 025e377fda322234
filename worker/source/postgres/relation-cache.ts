import { createHash } from 'node:crypto';
import type { Column, Relation } from '@/worker/source/source';
import { BUILTIN_TYPES } from './builtin-types';
import type { AnnouncedRelation } from './pgoutput-decoder';

/** What only the source's catalog knows of a relation. */
export interface CatalogFacts {
  /** Names of the key's columns as declared: the primary key, else a unique index that can stand for it. Null when the table is gone. */
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
    // The message marks the columns of a key, not their order.
    const orderKnown = keyKnown && announced.columns.filter(({ identity }) => identity).length === 1;
    if (known && known.announced === shape && orderKnown) return known.relation;
    const unknownTypes = [...new Set(announced.columns.map((column) => column.typeOid))].filter(
      (oid) => !BUILTIN_TYPES.has(oid) && !this.#types.has(oid),
    );
    const marked = announced.columns.flatMap(({ identity, name }) => (identity ? [name] : []));
    if (orderKnown && unknownTypes.length === 0) return this.#keep(announced, shape, marked);
    return this.lookUp(announced.oid, unknownTypes).then((facts) => {
      for (const [oid, type] of facts.types) this.#types.set(oid, type);
      const key = keyKnown ? this.#inOrder(announced.oid, marked, facts.primaryKey) : this.#keyOf(announced, facts.primaryKey);
      return this.#keep(announced, shape, key);
    });
  }

  /** The marked columns as the key declares them: by the catalog, by what was known last; in the order of the table when neither fits. */
  #inOrder(oid: number, marked: readonly string[], fromCatalog: readonly string[] | null): readonly string[] {
    const fits = (key: readonly string[] | null) => key?.length === marked.length && marked.every((name) => key.includes(name));
    const last = this.#lastKey(oid);
    return fits(fromCatalog) && fromCatalog ? fromCatalog : fits(last) ? last : marked;
  }

  /** A dropped table has no key in the catalog any more: the last one known holds while its columns are there. */
  #keyOf(announced: AnnouncedRelation, fromCatalog: readonly string[] | null): readonly string[] {
    const names = new Set(announced.columns.map((column) => column.name));
    // A part of a key is none: a column list may leave the rest out.
    if (fromCatalog) return fromCatalog.every((name) => names.has(name)) ? fromCatalog : [];
    const last = this.#lastKey(announced.oid);
    if (last.length > 0 && last.every((name) => names.has(name))) return last;
    return announced.replicaIdentity === 'index' ? announced.columns.filter((c) => c.identity).map((c) => c.name) : [];
  }

  #lastKey(oid: number): readonly string[] {
    const columns = this.#known.get(oid)?.relation.columns.filter((column) => column.primaryKey) ?? [];
    return [...columns].sort((a, b) => (a.keyPosition ?? 0) - (b.keyPosition ?? 0)).map(({ name }) => name);
  }

  #keep(announced: AnnouncedRelation, shape: string, key: readonly string[]): Relation {
    const made = announced.columns.map((column): Column => {
      const type = this.#types.get(column.typeOid);
      return {
        ...column,
        typeModifier: column.typeModifier === -1 && type ? type.typeModifier : column.typeModifier,
        typeName: BUILTIN_TYPES.get(column.typeOid) ?? type?.name ?? 'unknown',
        ...keyPlace(key, column.name),
      };
    });
    const content = createHash('sha256').update(JSON.stringify(made)).digest('base64');
    const columns = this.#columns.get(content) ?? made;
    this.#columns.set(content, columns);
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

/** Whether a column is of the key, and where. */
export function keyPlace(key: readonly string[], name: string): Pick<Column, 'primaryKey' | 'keyPosition'> {
  const at = key.indexOf(name);
  return at === -1 ? { primaryKey: false } : { primaryKey: true, keyPosition: at };
}

/** Replica identity "default" is the primary key, unless that is deferrable: then nothing is marked and the catalog has to tell. */
function keyIsAnnounced(announced: AnnouncedRelation): boolean {
  return announced.replicaIdentity === 'default' && announced.columns.some((column) => column.identity);
}
