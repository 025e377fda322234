import { createHash } from 'node:crypto';
import type { OutboundEvent } from '@/worker/flow/flow';

/** One message as SQS takes it. */
export interface QueueMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** FIFO only. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** What SQS counts towards its limits: the body, and of each attribute name, type and value. */
  readonly bytes: number;
}

/** An event that cannot be an SQS message at all; the message says why. */
export class NoMessage extends Error {
  override readonly name = 'NoMessage';
}

const MAX_ATTRIBUTES = 10;
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/i;
/** Group and deduplication ids: 1 to 128 letters, digits and ASCII punctuation (SQS API, SendMessage). */
const ID = /^[!-~]{1,128}$/;

/**
 * Makes the message of an event. Attributes: `spillway.id`, `spillway.op`, `spillway.table`, `spillway.key` where there is a key, and
 * the event's headers. Throws NoMessage when the headers do not fit into SQS' ten attributes.
 */
export function messageOf(event: OutboundEvent, payload: Buffer, fifo: boolean): QueueMessage {
  const body = xmlSafe(payload.toString('utf8'));
  const attributes: Record<string, string> = {
    'spillway.id': event.id,
    'spillway.op': event.op,
    'spillway.table': xmlSafe(`${event.schema}.${event.table}`),
    ...(event.key === null ? {} : { 'spillway.key': xmlSafe(event.key) }),
  };
  for (const [name, value] of Object.entries(event.headers)) {
    if (!ATTRIBUTE_NAME.test(name)) throw new NoMessage(`the header "${name}" is not a name that an SQS message attribute can have`);
    // SQS refuses an empty value.
    if (value !== '') attributes[name] = xmlSafe(value);
  }
  const count = Object.keys(attributes).length;
  if (count > MAX_ATTRIBUTES) throw new NoMessage(`the event has ${count} attributes and an SQS message takes ${MAX_ATTRIBUTES}`);
  return {
    body,
    attributes,
    bytes: Object.entries(attributes).reduce(
      (sum, [name, value]) => sum + Buffer.byteLength(name) + 'String'.length + Buffer.byteLength(value),
      Buffer.byteLength(body),
    ),
    ...(fifo ? { groupId: idOf(event.key ?? `${event.schema}.${event.table}`), deduplicationId: idOf(event.id) } : {}),
  };
}

/** The text itself where SQS takes it as an id, else its SHA-256 in hex: equal texts stay equal. */
export function idOf(text: string): string {
  return ID.test(text) ? text : createHash('sha256').update(text).digest('hex');
}

/**
 * SQS takes the characters of XML 1.0 only. JSON text holds none of the others but U+FFFE, U+FFFF, which are written as JSON escapes;
 * what a header or a name holds beside is told as U+FFFD.
 */
function xmlSafe(text: string): string {
  return text
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
