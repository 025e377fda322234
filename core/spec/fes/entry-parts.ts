import { conversionsIn, LAMBDA_FLOW } from './conversions';
import { isObject, type Json, type JsonObject, objectIn, textIn } from './json';
import { type LooseSpec, PARTS } from './loose-spec';

/** Ours in an entry: what FabricEventStream has no name for. */
export const OWN_KEY = 'spillway';
/** FES reads changes alone, and the operator publishes these of them: CREATE PUBLICATION … WITH (publish = 'insert, update'). */
const SOURCE_DEFAULTS = { operations: ['insert', 'update'], snapshot: 'no_data' };

/** Fields that both know, by the type of the part that they stand in. */
export const FLOW_FIELDS: Readonly<Record<string, readonly string[]>> = {
  PostgresWalToGenericNakadiEvent: ['payloadColumn'],
  [LAMBDA_FLOW]: ['lambdaFunctionArn'],
};
export const SINK_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Nakadi: ['eventType', 'maxBatchSize'],
  SqsStandard: ['queueName', 'maxBatchSize'],
  SqsFifo: ['queueName', 'maxBatchSize'],
};

/** Type of a part: the one that Spillway wrote beside it, else FES' own. */
export function typeIn(entry: JsonObject, part: 'source' | 'flow' | 'sink' | 'recovery'): string | undefined {
  return textIn(objectIn(objectIn(entry, OWN_KEY), part), 'type') ?? textIn(objectIn(entry, part), 'type');
}

/** The flow in front of FES' function: what a Nakadi sink takes, else Debezium's envelope. */
export function flowTypeIn(entry: JsonObject): string | undefined {
  const type = typeIn(entry, 'flow');
  if (type !== LAMBDA_FLOW) return type;
  return typeIn(entry, 'sink') === 'Nakadi' ? 'PostgresWalToGenericNakadiEvent' : 'DebeziumEnvelope';
}

/** Fields of FES' flow that are the flow's here; a change of a row is the whole event where a function makes another of it. */
function flowFieldsOf(flow: JsonObject, type: string | undefined): JsonObject {
  if (flow.type !== LAMBDA_FLOW) return chosen(flow, FLOW_FIELDS[type ?? '']);
  return type === 'PostgresWalToGenericNakadiEvent' ? { payloadColumn: null } : {};
}

/** The parts of a spec that an entry stands for. `name` = of the stream; which database and which target is meant, it cannot say. */
export function partsOf(entry: JsonObject, name: string): LooseSpec {
  const own = objectIn(entry, OWN_KEY);
  const [source, flow, sink] = [objectIn(entry, 'source'), objectIn(entry, 'flow'), objectIn(entry, 'sink')];
  const flowType = flowTypeIn(entry);
  const sinkType = typeIn(entry, 'sink');
  const recoveryType = typeIn(entry, 'recovery');
  return {
    applicationId: textIn(own, 'applicationId') ?? name,
    source: {
      type: typeIn(entry, 'source'),
      ...filled({ schema: source.schema }),
      table: { name: objectIn(source, 'table').name ?? '' },
      ...SOURCE_DEFAULTS,
      ...objectIn(own, 'source'),
    },
    flow: { type: flowType, ...flowFieldsOf(flow, flowType), ...objectIn(own, 'flow') },
    sink: {
      type: sinkType,
      // FES sends one event a request unless it is told otherwise.
      ...(SINK_FIELDS[sinkType ?? ''] ? { maxBatchSize: 1 } : {}),
      ...chosen(sink, SINK_FIELDS[sinkType ?? '']),
      ...objectIn(own, 'sink'),
    },
    recovery: {
      type: recoveryType,
      // In FES the events of a key go on behind a dead letter.
      ...(recoveryType === 'DeadLetter' ? { keyOrder: 'skip' } : {}),
      ...objectIn(own, 'recovery'),
    },
    rest: restOf(entry, own),
  };
}

/** FES filters in the source. A field of ours that is null takes away what FES says. */
function restOf(entry: JsonObject, own: JsonObject): JsonObject {
  const names = Object.keys(own).filter((name) => name !== 'applicationId' && !(PARTS as readonly string[]).includes(name));
  const rest = Object.fromEntries(names.map((name) => [name, own[name] ?? null]));
  const filter = filled({ jsonPath: objectIn(entry, 'source').filter, ...objectIn(own, 'filter') });
  if (Object.keys(filter).length > 0) rest.filter = filter;
  else delete rest.filter;
  const conversions = conversionsIn(entry, own);
  if (conversions === undefined) delete rest.conversions;
  else rest.conversions = conversions;
  return rest;
}

/** In Go's JSON an empty text or null is what is not there. */
function filled(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const present = Object.entries(fields).filter(
    (field): field is [string, Json] => field[1] !== undefined && field[1] !== null && field[1] !== '',
  );
  return Object.fromEntries(present);
}

function chosen(part: JsonObject, fields: readonly string[] = []): JsonObject {
  return filled(Object.fromEntries(fields.map((field) => [field, part[field]])));
}

/** A stream's name made of a manifest's: lower case, with the table where several streams share the applicationId. */
export function streamNameOf(applicationId: string | undefined, entry: JsonObject, several: boolean): string {
  const source = objectIn(entry, 'source');
  const table = textIn(objectIn(source, 'table'), 'name') ?? '';
  const wanted = [applicationId ?? '', ...(several || !applicationId ? [table] : [])].filter(Boolean).join('-');
  if (/^[a-z][a-z0-9-]{1,39}$/.test(wanted)) return wanted;
  return wanted
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
}

/** Keys of an entry that FES itself does not know, as paths: kept, never read. */
export function unknownKeys(entry: JsonObject): string[] {
  const known: Readonly<Record<string, readonly string[]>> = {
    source: ['type', 'schema', 'table', 'filter', 'jdbcConnection', 'subscription'],
    'source.table': ['name', 'idColumn'],
    'source.jdbcConnection': ['jdbcUrl', 'slotName', 'pluginType', 'publicationName', 'databaseAuthentication'],
    flow: ['type', 'payloadColumn', 'lambdaFunctionArn'],
    sink: ['type', 'eventType', 'queueName', 'maxBatchSize'],
    recovery: ['type', 'sink'],
  };
  const strange = (value: Json | undefined, names: readonly string[], path: string) =>
    isObject(value)
      ? Object.keys(value)
          .filter((key) => !names.includes(key))
          .map((key) => `${path}${key}`)
      : [];
  const within = Object.entries(known).flatMap(([path, names]) => {
    const value = path.split('.').reduce<Json | undefined>((inner, step) => (isObject(inner) ? inner[step] : undefined), entry);
    return strange(value, names, `${path}.`);
  });
  return [...strange(entry, ['source', 'flow', 'sink', 'recovery', OWN_KEY], ''), ...within];
}
