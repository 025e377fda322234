import { isDeepStrictEqual } from 'node:util';
import type { OutboxSpec } from '@/core/spec/outbox-flow';
import { createOutbox } from '@/worker/flow/outbox';
import { restoreChange, type StoredChange } from '@/worker/source/stored-change';
import { type Lossless, NumberText, parseLossless } from './lossless-json';
import type { PeerEvent } from './peer-event';
import { LOGICAL_NAME, SPILLWAY_VERSION } from './spillway-side';
import { OUTBOX_CASES } from './workload/outbox-cases';

/** One case as it was captured: the changes that were decoded, and what Debezium's router sent for them. */
export interface OutboxRun {
  readonly name: string;
  readonly changes: readonly StoredChange[];
  readonly theirs: readonly PeerEvent[];
}

/**
 * What the Outbox flow makes of a captured run beside what Debezium made; each difference as a line. Meant, and so none: a header for
 * NULL is not there (Debezium sends null), and JSON that is expanded stays whole (Debezium leaves out fields that are null, and does not
 * expand an empty array).
 */
export function compareOutbox({ name, changes, theirs }: OutboxRun): { readonly events: number; readonly different: string[] } {
  const spec = OUTBOX_CASES.find((one) => one.name === name)?.spec;
  if (!spec) throw new Error(`no case ${name}`);
  const flow = createOutbox(spec, { logicalName: LOGICAL_NAME, database: name, tombstones: true, spillwayVersion: SPILLWAY_VERSION });
  const ours = changes.flatMap((stored) => {
    const result = flow.transform(restoreChange(stored), 0n);
    return result.kind === 'events' ? result.events : [];
  });
  const different: string[] = [];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const [event, peer] = [ours[at], theirs[at]];
    const sides = [
      event &&
        comparable({ topic: event.routed, key: event.key, value: event.payload?.toString() ?? null, headers: event.headers }, false, spec),
      peer && comparable(peer, true, spec),
    ] as const;
    if (!isDeepStrictEqual(sides[0], sides[1])) different.push(`${at + 1}: ${JSON.stringify(sides[0])} / ${JSON.stringify(sides[1])}`);
  }
  return { events: ours.length, different };
}

function comparable({ topic, key, value, headers }: PeerEvent, theirs: boolean, { expandJsonPayload }: OutboxSpec) {
  const kept = Object.entries(headers).filter(
    ([name, text]) => name !== 'spillway.topic' && !name.startsWith('__debezium.context.') && !(theirs && text === 'null'),
  );
  const parsed = value === null ? null : parseLossless(value);
  return {
    topic,
    key: key === null ? null : parseLossless(key),
    value: expandJsonPayload && !theirs ? asDebeziumExpands(parsed) : parsed,
    headers: Object.fromEntries(kept.map(([name, text]) => [name, theirs ? headerText(text) : text])),
  };
}

function asDebeziumExpands(value: Lossless): Lossless {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : value.map(asDebeziumExpands);
  if (typeof value !== 'object' || value === null || value instanceof NumberText) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([name, field]) => [name, asDebeziumExpands(field)]));
}

/** The engine's JSON format quotes what Kafka Connect's default header converter writes plainly. */
function headerText(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : json;
}
