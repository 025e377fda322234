import { createHash } from 'node:crypto';

/** An event type of the peer; as much of Nakadi's EventType as its rules depend on. */
export interface PeerEventType {
  readonly category: 'data' | 'business' | 'undefined';
  readonly partition_strategy: 'hash' | 'random' | 'user_defined';
  readonly partition_key_fields?: readonly string[];
  readonly cleanup_policy: 'delete' | 'compact';
  /** Fields of the type's own JSON schema: of `data` for category data, else of the event. */
  readonly required: readonly string[];
}

export type Step = 'none' | 'validating' | 'partitioning' | 'enriching' | 'publishing';
export interface Broken {
  readonly step: Step;
  readonly detail: string;
}

/** `event.max.bytes` of Nakadi's application.yml, counted on the bytes of an event as they came. */
export const MAX_EVENT_BYTES = 999_000;
export const PARTITIONS = 8;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const broken = (step: Step, detail: string): Broken => ({ step, detail });

/** The first rule that an event breaks, or null. Not a JSON schema validator: of the type's own schema only `required` is known here. */
export function ruleBroken(event: unknown, bytes: number, name: string, type: PeerEventType): Broken | null {
  if (!isFields(event)) return broken('validating', 'the event is not an object');
  if (bytes > MAX_EVENT_BYTES) return broken('validating', `Event too large: ${bytes} bytes, max size is ${MAX_EVENT_BYTES} bytes`);
  if (type.category === 'undefined') return missing(event, type.required);
  const { metadata } = event;
  if (!isFields(metadata)) return broken('validating', '#: required key [metadata] not found');
  const found = metadataBroken(metadata, name, type);
  if (found) return found;
  if (type.category === 'business') return missing(event, type.required);
  if (!['C', 'U', 'D', 'S'].includes(String(event.data_op))) return broken('validating', '#/data_op: not a valid enum value');
  if (typeof event.data_type !== 'string') return broken('validating', '#: required key [data_type] not found');
  if (!isFields(event.data)) return broken('validating', '#: required key [data] not found');
  return missing(event.data, type.required);
}

function metadataBroken(metadata: Fields, name: string, type: PeerEventType): Broken | null {
  if (typeof metadata.eid !== 'string' || !UUID.test(metadata.eid)) return broken('validating', '#/metadata/eid: not a valid UUID');
  if (typeof metadata.occurred_at !== 'string' || !RFC3339.test(metadata.occurred_at)) {
    return broken('validating', '#/metadata/occurred_at must be a valid date-time');
  }
  for (const readOnly of ['received_at', 'version']) {
    if (readOnly in metadata) return broken('validating', `#/metadata: extraneous key [${readOnly}] is not permitted`);
  }
  if ('event_type' in metadata && metadata.event_type !== name) return broken('enriching', 'event type of the metadata is another one');
  const key = 'partition_compaction_key' in metadata;
  if (key !== (type.cleanup_policy === 'compact')) {
    return broken(
      'enriching',
      key ? 'partition_compaction_key is not allowed' : 'partition_compaction_key is required for compacted types',
    );
  }
  if (type.partition_strategy === 'user_defined' && typeof metadata.partition !== 'string') {
    return broken('partitioning', 'Failed to resolve partition. Metadata does not contain partition');
  }
  return null;
}

function missing(fields: Fields, required: readonly string[]): Broken | null {
  const absent = required.find((name) => !(name in fields));
  return absent === undefined ? null : broken('validating', `#: required key [${absent}] not found`);
}

/** The partition of an event that keeps the rules. `random` is by the whole event here, so that a test is the same each time. */
export function partitionOf(event: Fields, type: PeerEventType): number {
  const fields = type.category === 'data' && isFields(event.data) ? event.data : event;
  const by = type.partition_strategy === 'hash' ? (type.partition_key_fields ?? []).map((name) => fields[name]) : event;
  return (createHash('sha1').update(JSON.stringify(by)).digest()[0] ?? 0) % PARTITIONS;
}
