import type { StreamSpec } from '../stream-spec';
import { deadLetterEventType } from './cluster-streams';
import { overlayConversions } from './conversions';
import { FLOW_FIELDS, OWN_KEY, SINK_FIELDS } from './entry-parts';
import { copyOf, isObject, type Json, type JsonObject, objectIn, sameJson, textIn } from './json';
import { PARTS, type Part } from './loose-spec';

/** Writes one field of a spec where FES has it; false when FES cannot say this value. */
type Write = (entry: JsonObject, value: Json) => boolean;
type Fields = Readonly<Record<string, Write>>;

interface OverlayOptions {
  /** The spec that the entry stands for as it is now. */
  readonly read: () => StreamSpec;
  readonly fields: Fields;
  /** Whether to name the source database and sink target although the entry did not. */
  readonly withNames: boolean;
}

/** Makes an entry say what the spec says, and touches nothing that says it already. */
export function overlay(entry: JsonObject, spec: StreamSpec, { read, fields, withNames }: OverlayOptions): void {
  const before = read();
  const retyped = PARTS.filter((part) => before[part].type !== spec[part].type);
  for (const part of retyped) {
    drop(entry, part, 'type');
    if (read()[part].type !== spec[part].type) put(entry, fields, part, 'type', spec[part].type);
  }
  nameIt(entry, spec.applicationId, read);
  // A part of another type has other fields and defaults.
  const base = retyped.length > 0 ? read() : before;
  for (const group of new Set([...Object.keys(base), ...Object.keys(spec)])) {
    const from = groupIn(base, group);
    const to = groupIn(spec, group);
    for (const field of new Set([...Object.keys(from), ...Object.keys(to)])) {
      if (sameJson(from[field], to[field])) continue;
      const named = `${group}.${field}` === 'source.database' || `${group}.${field}` === 'sink.target';
      if (named && from[field] === '' && !withNames && !retyped.some((part) => part === group)) continue;
      const back = drop(entry, group, field) && sameJson(groupIn(read(), group)[field], to[field]);
      if (!back) put(entry, fields, group, field, to[field]);
    }
  }
  overlayConversions(
    entry,
    () => ownIn(entry),
    spec.conversions,
    () => read().conversions,
    withNames,
  );
  if (Object.keys(ownIn(entry)).length === 0) delete entry[OWN_KEY];
}

/** One of the parts, or of what a spec may have beside them; empty when it has no such. */
function groupIn(spec: StreamSpec, group: string): JsonObject {
  return objectIn(spec, group);
}

function nameIt(entry: JsonObject, applicationId: string, read: () => StreamSpec): void {
  if (read().applicationId === applicationId) return;
  const own = ownIn(entry);
  delete own.applicationId;
  if (read().applicationId !== applicationId) own.applicationId = applicationId;
  if (Object.keys(own).length === 0) delete entry[OWN_KEY];
}

/** Takes a field of ours out; true when there was one. */
function drop(entry: JsonObject, part: string, field: string): boolean {
  const ours = objectIn(entry[OWN_KEY], part);
  if (!(field in ours)) return false;
  delete ours[field];
  tidy(entry, part);
  return true;
}

/** Where FES has the field, else under `spillway:`; null there takes away a condition that FES has and the spec no more. */
function put(entry: JsonObject, fields: Fields, part: string, field: string, given: unknown): void {
  const value = given === undefined && part === 'filter' ? null : given;
  if (value === undefined || fields[`${part}.${field}`]?.(entry, copyOf(value))) return;
  const own = ownIn(entry);
  own[part] = { ...objectIn(own, part), [field]: copyOf(value) };
}

function tidy(entry: JsonObject, part: string): void {
  const own = ownIn(entry);
  if (Object.keys(objectIn(own, part)).length === 0) delete own[part];
  if (Object.keys(own).length === 0) delete entry[OWN_KEY];
}

function ownIn(entry: JsonObject): JsonObject {
  const own = entry[OWN_KEY];
  if (isObject(own)) return own;
  const made: JsonObject = {};
  entry[OWN_KEY] = made;
  return made;
}

function partIn(entry: JsonObject, part: Part): JsonObject {
  const inner = entry[part];
  if (isObject(inner)) return inner;
  const made: JsonObject = {};
  entry[part] = made;
  return made;
}

const write =
  (part: Part, field: string): Write =>
  (entry, value) => {
    partIn(entry, part)[field] = value;
    return true;
  };

/** Another type: FES' fields of the former one go, what FES does not know stays. */
const retype =
  (part: 'flow' | 'sink', known: Readonly<Record<string, readonly string[]>>): Write =>
  (entry, type) => {
    const inner = partIn(entry, part);
    for (const field of Object.values(known).flat()) delete inner[field];
    inner.type = type;
    return true;
  };

const whereType =
  (part: 'flow' | 'sink', known: Readonly<Record<string, readonly string[]>>, field: string): Write =>
  (entry, value) => {
    const inner = partIn(entry, part);
    if (value === null || !known[textIn(inner, 'type') ?? '']?.includes(field)) return false;
    inner[field] = value;
    return true;
  };

/** Go's JSON always has `recovery.sink`, null where there is none. */
const recoveryType: Write = (entry, type) => {
  const recovery = partIn(entry, 'recovery');
  recovery.type = type;
  recovery.sink = null;
  return true;
};

/** Where copies of dead letters go: said when the manifest says it. Another place stands there too, and with its target under `spillway:`. */
const recoverySink: Write = (entry, value) => {
  const recovery = partIn(entry, 'recovery');
  const { target: _, ...place } = isObject(value) ? value : {};
  const { maxBatchSize: __, ...written } = objectIn(recovery, 'sink');
  if (sameJson(place, written)) return true;
  recovery.sink = place;
  return false;
};

const tableName: Write = (entry, table) => {
  const source = partIn(entry, 'source');
  source.table = { ...objectIn(source, 'table'), ...(isObject(table) ? table : {}) };
  return true;
};

const sourceFilter: Write = (entry, value) => {
  if (value === null) delete partIn(entry, 'source').filter;
  else partIn(entry, 'source').filter = value;
  return true;
};

/** What a FabricEventStream entry has a place for. */
export const RESOURCE_FIELDS: Fields = {
  'filter.jsonPath': sourceFilter,
  'source.schema': write('source', 'schema'),
  'source.table': tableName,
  'flow.type': retype('flow', FLOW_FIELDS),
  'flow.payloadColumn': whereType('flow', FLOW_FIELDS, 'payloadColumn'),
  'flow.lambdaFunctionArn': whereType('flow', FLOW_FIELDS, 'lambdaFunctionArn'),
  'sink.type': retype('sink', SINK_FIELDS),
  'sink.eventType': whereType('sink', SINK_FIELDS, 'eventType'),
  'sink.queueName': whereType('sink', SINK_FIELDS, 'queueName'),
  'sink.maxBatchSize': whereType('sink', SINK_FIELDS, 'maxBatchSize'),
  'recovery.type': recoveryType,
  'recovery.sink': recoverySink,
};

const tableField =
  (field: string): Write =>
  (entry, value) => {
    if (value === null) return false;
    entry[field] = value;
    return true;
  };

/** What a table in the `streams:` section of a postgresql resource has a place for of its own; the rest is of the whole section. */
export const TABLE_FIELDS: Fields = {
  'flow.payloadColumn': tableField('payloadColumn'),
  'sink.eventType': tableField('eventType'),
  'recovery.sink': (entry, value) =>
    textIn(value, 'type') === 'Nakadi' &&
    textIn(value, 'eventType') === (textIn(entry, 'recoveryEventType') || deadLetterEventType(textIn(entry, 'eventType') ?? '')),
};
