import { isObject, type Json, type JsonObject, objectIn, textIn } from './json';

/**
 * The FabricEventStream entry that zalando/postgres-operator (pkg/cluster/streams.go) makes of one table in the `streams:` section of a
 * postgresql resource. What stands there beside the operator's fields is left out here; it stays in the manifest.
 */
export function clusterEntry(document: Json, section: Json | undefined, tableKey: string): JsonObject {
  const stream = isObject(section) ? section : {};
  const table = objectIn(objectIn(stream, 'tables'), tableKey);
  const [schema = 'public', name = ''] = tableKey.includes('.') ? tableKey.split('.') : ['public', tableKey];
  const filter = textIn(objectIn(stream, 'filter'), tableKey);
  const eventType = textIn(table, 'eventType') ?? '';
  const batch: JsonObject = stream.batchSize === undefined || stream.batchSize === null ? {} : { maxBatchSize: stream.batchSize };
  return {
    flow: { type: 'PostgresWalToGenericNakadiEvent', ...given('payloadColumn', table.payloadColumn) },
    sink: { type: 'Nakadi', ...(eventType ? { eventType } : {}), ...batch },
    source: {
      type: 'PostgresLogicalReplication',
      schema,
      table: { name, ...given('idColumn', table.idColumn) },
      ...given('filter', filter),
      jdbcConnection: connectionOf(document, stream),
    },
    recovery: recoveryOf(stream, table, eventType, batch),
    ...given('spillway', table.spillway),
  };
}

function given(key: string, value: Json | undefined): JsonObject {
  return value === undefined || value === null ? {} : { [key]: value };
}

/** The operator's rules, getEventStreamRecovery. */
function recoveryOf(stream: JsonObject, table: JsonObject, eventType: string, batch: JsonObject): JsonObject {
  const named = textIn(table, 'recoveryEventType') ?? '';
  const enabled = stream.enableRecovery;
  if (enabled === false || (enabled !== true && named === '')) return { type: 'None', sink: null };
  if (table.ignoreRecovery === true) return { type: 'Ignore', sink: null };
  return { type: 'DeadLetter', sink: { type: 'Nakadi', eventType: named || deadLetterEventType(eventType), ...batch } };
}

/** Where dead letters of an event type go when nobody says otherwise. */
export function deadLetterEventType(eventType: string): string {
  return `${eventType}-dead-letter-queue`;
}

function connectionOf(document: Json, stream: JsonObject): JsonObject {
  const metadata = objectIn(document, 'metadata');
  const cluster = textIn(metadata, 'name') ?? '';
  const database = textIn(stream, 'database') ?? '';
  const host = `${cluster}.${textIn(metadata, 'namespace') ?? 'default'}`;
  return {
    jdbcUrl: `jdbc:postgresql://${host}/${database}?user=fes_user&ssl=true&sslmode=require`,
    slotName: slotNameFor(database, textIn(stream, 'applicationId') ?? ''),
    pluginType: 'pgoutput',
    databaseAuthentication: {
      type: 'DatabaseAuthenticationSecret',
      name: `fes-user.${cluster}.credentials.postgresql.acid.zalan.do`,
      userKey: 'username',
      passwordKey: 'password',
    },
  };
}

/** The slot that the operator makes (getSlotName). A name beyond Postgres' 63 bytes is cut here and hashed there. */
export function slotNameFor(database: string, applicationId: string): string {
  return `fes_${database}_${applicationId.replaceAll('-', '_')}`.slice(0, 63);
}
