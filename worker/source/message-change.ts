import { type Change, type Column, type LogicalMessage, type Relation, UNCHANGED } from './source';

const PREFIX: Column = { name: 'prefix', typeOid: 25, typeModifier: -1, typeName: 'text', primaryKey: true, identity: true };
const CONTENT: Column = { name: 'content', typeOid: 17, typeModifier: -1, typeName: 'bytea', primaryKey: false, identity: false };

/** Stands for the table of a logical message: none, as Debezium's `source` says of one; its prefix is its key. */
const MESSAGES: Relation = { oid: 0, schema: '', table: '', replicaIdentity: 'default', columns: [PREFIX, CONTENT] };

/**
 * A logical message as a change of operation m, content in Postgres' text form of bytea. Its place is its own LSN, so that its id is the
 * same after every restart whether or not it belongs to a transaction. Copies what the message only views.
 */
export function messageChange({ transaction, systemId, prefix, content, cutBytes, lsn }: LogicalMessage): Change {
  const cut =
    cutBytes === undefined ? null : { side: 'after' as const, column: 1, bytes: cutBytes, preview: content.toString('utf8', 0, 2048) };
  return {
    op: 'm',
    relation: MESSAGES,
    before: null,
    beforeKind: 'none',
    after: [prefix, cut ? UNCHANGED : `\\x${content.toString('hex')}`],
    lsn,
    position: { systemId, commitLsn: transaction?.commitLsn ?? lsn, seq: 0, fromSnapshot: false, messageLsn: lsn },
    transaction,
    wireBytes: prefix.length + content.length,
    ...(cut ? { cut: [cut] } : {}),
  };
}

/** Whether a spec asks for messages of this prefix; `*` = any. */
export function wantsMessage(prefixes: readonly string[] | undefined, prefix: string): boolean {
  return prefixes?.some((wanted) => wanted === '*' || wanted === prefix) ?? false;
}
