import type { Relation } from '@/worker/source/source';
import type { ConnectField, ConnectSchema, EventSchemas, ScalarSchema, StructSchema } from '../flow';
import { keyColumns } from '../row-encoder';
import type { columnSchemasIn } from './column-schema';

type Type = ScalarSchema['type'];
const must = (field: string, type: Type): ConnectField => ({ type, optional: false, field });
const may = (field: string, type: Type): ConnectField => ({ type, optional: true, field });
const struct = (name: string, fields: readonly ConnectField[], more: { optional?: boolean; version?: number } = {}): StructSchema => ({
  type: 'struct',
  fields,
  optional: more.optional ?? false,
  name,
  ...(more.version === undefined ? {} : { version: more.version }),
});

/** Debezium's `source` of a Postgres connector (PostgresSourceInfoStructMaker). */
const SOURCE: ConnectField = {
  ...struct(
    'io.debezium.connector.postgresql.Source',
    [
      must('version', 'string'),
      must('connector', 'string'),
      must('name', 'string'),
      must('ts_ms', 'int64'),
      {
        type: 'string',
        optional: true,
        name: 'io.debezium.data.Enum',
        version: 1,
        parameters: { allowed: 'true,first,first_in_data_collection,last_in_data_collection,last,false,incremental' },
        default: 'false',
        field: 'snapshot',
      },
      must('db', 'string'),
      may('sequence', 'string'),
      may('ts_us', 'int64'),
      may('ts_ns', 'int64'),
      must('schema', 'string'),
      must('table', 'string'),
      may('txId', 'int64'),
      may('lsn', 'int64'),
      may('xmin', 'int64'),
      may('origin', 'string'),
      may('origin_lsn', 'int64'),
    ],
    { version: 1 },
  ),
  field: 'source',
};
const TRANSACTION: ConnectField = {
  ...struct('event.block', [must('id', 'string'), must('total_order', 'int64'), must('data_collection_order', 'int64')], {
    optional: true,
    version: 1,
  }),
  field: 'transaction',
};

/** Key and value of a table's events (`io.debezium.data.Envelope`), named by stream, schema and table as Debezium names them. */
export function envelopeSchemas(relation: Relation, logicalName: string, columnSchema: ReturnType<typeof columnSchemasIn>): EventSchemas {
  const name = (of: string) => `${logicalName}.${relation.schema}.${relation.table}.${of}`;
  const fields = relation.columns.map((column): ConnectField => ({ ...columnSchema(column), field: column.name }));
  const keyFields = keyColumns(relation).flatMap((index) => fields[index] ?? []);
  const row = (field: string): ConnectField => ({ ...struct(name('Value'), fields, { optional: true }), field });
  const value = [row('before'), row('after'), SOURCE, TRANSACTION, must('op', 'string')];
  const times = [may('ts_ms', 'int64'), may('ts_us', 'int64'), may('ts_ns', 'int64')];
  return {
    key:
      keyFields.length === 0
        ? null
        : struct(
            name('Key'),
            keyFields.map((field) => ({ ...field, optional: false })),
          ),
    value: struct(name('Envelope'), [...value, ...times], { version: 2 }),
    columns: Object.fromEntries(relation.columns.map(({ name: column, typeName }) => [column, routedSchema(typeName)])),
  };
}

/** Of a value as with-columns.ts writes it. */
function routedSchema(typeName: string): ConnectSchema {
  if (['int2', 'int4', 'int8', 'oid'].includes(typeName)) return { type: 'int64', optional: true };
  return { type: typeName === 'bool' ? 'boolean' : 'string', optional: true };
}

/** A logical message (PostgresSchemaFactory.logicalDecodingMessageMonitor*Schema). */
export function messageSchemas(content: ConnectSchema): EventSchemas {
  const message = struct('io.debezium.connector.postgresql.Message', [may('prefix', 'string'), { ...content, field: 'content' }], {
    optional: true,
    version: 1,
  });
  return {
    key: struct('io.debezium.connector.postgresql.MessageKey', [may('prefix', 'string')], { version: 1 }),
    value: struct(
      'io.debezium.connector.postgresql.MessageValue',
      [must('op', 'string'), may('ts_ms', 'int64'), SOURCE, { ...message, field: 'message' }],
      { version: 1 },
    ),
    columns: {},
  };
}

const COLLECTION = struct('event.collection', [must('data_collection', 'string'), must('event_count', 'int64')], {
  optional: true,
  version: 1,
});

/** BEGIN and END of a transaction (SchemaFactory.transactionKeySchema, transactionValueSchema). */
export const TRANSACTION_SCHEMAS: EventSchemas = {
  key: struct('io.debezium.connector.common.TransactionMetadataKey', [must('id', 'string')], { version: 1 }),
  value: struct(
    'io.debezium.connector.common.TransactionMetadataValue',
    [
      must('status', 'string'),
      must('id', 'string'),
      may('event_count', 'int64'),
      { type: 'array', items: COLLECTION, optional: true, field: 'data_collections' },
      must('ts_ms', 'int64'),
    ],
    { version: 1 },
  ),
  columns: {},
};
