import { formatLsn } from '@/core/postgres/lsn';
import type { OutboundEvent } from '@/worker/flow/flow';
import type { LetterCopy } from './copies';

/** Of a message that is too large for the sink of the copies so much is sent, characters. */
const BEGINNING = 4 * 1024;
/** An SQS message keeps 1 KiB for all of its attributes. */
const HEADER_MESSAGE = 300;

/** Where the letter's facts stand: in headers, or in the body of a sink that has none. */
export type CopyForm = 'headers' | 'body';

export interface CopyContext {
  readonly streamName: string;
  readonly form: CopyForm;
}

/**
 * The copy of a dead letter as a sink takes it. Its id is the letter's, the same for every repeat. The payload is the message as it was
 * sent; of a change of which no message could be made, the change itself (StoredChange). `short`: only the beginning of it.
 */
export function copyEvent(copy: LetterCopy, { streamName, form }: CopyContext, short: boolean): OutboundEvent {
  const { kind, text } = payloadOf(copy, short);
  const letter = {
    payload: kind,
    message: copy.errorMessage ?? '',
    attempts: copy.attemptCount,
    first_at: copy.attempts[0]?.at ?? copy.diedAt.toISOString(),
    last_at: copy.attempts.at(-1)?.at ?? copy.diedAt.toISOString(),
    revision: copy.revisionNumber,
  };
  const facts = {
    'spillway.event_id': copy.eventId,
    'spillway.stream': streamName,
    'spillway.lsn': formatLsn(copy.commitLsn),
    'spillway.committed_at': copy.committedAt?.toISOString() ?? '',
    'spillway.error_class': copy.errorClass ?? '',
  };
  const body = form === 'headers' ? text : JSON.stringify(nested(copy, facts, letter, text, kind));
  const status = copy.attempts.at(-1)?.status;
  const told = {
    ...letter,
    ...(status === undefined ? {} : { status }),
    message: oneLine(letter.message).slice(0, HEADER_MESSAGE),
  };
  return {
    id: copy.letterId,
    position: { systemId: '', commitLsn: copy.commitLsn, seq: copy.seq, fromSnapshot: false },
    op: copy.op as OutboundEvent['op'],
    schema: copy.schema,
    table: copy.table,
    key: copy.key,
    payload: Buffer.from(body),
    contentType: 'application/json',
    headers: form === 'headers' ? { ...facts, 'spillway.letter': JSON.stringify(told) } : {},
    commitTimeUs: BigInt(copy.diedAt.getTime()) * 1000n,
  };
}

/** `message` as it was sent, `change` where none was made, `beginning` of what is too large. */
function payloadOf(copy: LetterCopy, short: boolean): { kind: 'message' | 'change' | 'beginning'; text: string } {
  const whole = copy.output ?? copy.input;
  // A letter keeps 256 KiB of a message: what was cut there is no JSON any more.
  if (whole !== null && !short && isJson(whole)) return { kind: copy.output === null ? 'change' : 'message', text: whole };
  return { kind: 'beginning', text: JSON.stringify({ beginning: (whole ?? '').slice(0, BEGINNING) }) };
}

function nested(copy: LetterCopy, facts: Record<string, string>, letter: object, text: string, kind: string): object {
  const named = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name.replace('spillway.', ''), value]));
  return {
    dead_letter: {
      id: copy.letterId,
      ...named,
      ...letter,
      table: `${copy.schema}.${copy.table}`,
      op: copy.op,
      key: copy.key,
      history: copy.attempts,
    },
    [kind]: JSON.parse(text) as unknown,
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
