import { receiverWords } from '@/worker/network/receiver-words';
import type { Converted, ConvertedEvent, ConvertibleEvent } from '../conversion';
import { elementSpans, memberSpans, type Span } from './json-spans';

/** `{"records":[{"id","change"}]}` with the payloads as they are. */
export function requestOf(batch: readonly ConvertibleEvent[]): Buffer {
  const parts: Buffer[] = [Buffer.from('{"records":[')];
  for (const [index, { id, payload }] of batch.entries()) {
    parts.push(Buffer.from(`${index === 0 ? '' : ','}{"id":${JSON.stringify(id)},"change":`), payload, Buffer.from('}'));
  }
  parts.push(Buffer.from(']}'));
  return Buffer.concat(parts);
}

/** The answer does not keep to the contract: nothing of it can be trusted, so the batch has failed as a whole. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
}

/**
 * Reads `{"records":[{"id","result":"Ok"|"Dropped"|"Failed","data"}]}`: each id exactly once, in any order. An Ok record has `data`, the
 * new payload, or `events`, a list of `{"data"}`; Dropped and Failed may say why in `message`. Values keep their digits.
 */
export function readAnswer(batch: readonly ConvertibleEvent[], answer: Uint8Array, place: string): Converted[] {
  const text = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString('utf8');
  const records = recordsOf(text);
  const byId = new Map<string, Converted>();
  for (const { value, spans } of records) {
    const id = typeof value.id === 'string' ? value.id : null;
    if (id === null) throw new AnswerRefused('a record of its answer has no id');
    if (byId.has(id)) throw new AnswerRefused('its answer names an id twice');
    byId.set(id, convertedOf(value, spans, text, place));
  }
  if (byId.size !== batch.length) throw new AnswerRefused(`it was given ${batch.length} records and answered ${byId.size}`);
  return batch.map(({ id }) => {
    const converted = byId.get(id);
    if (!converted) throw new AnswerRefused('its answer names an id that it was not given');
    return converted;
  });
}

interface AnsweredRecord {
  readonly value: Readonly<Record<string, unknown>>;
  readonly spans: ReadonlyMap<string, Span>;
}

function recordsOf(text: string): AnsweredRecord[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new AnswerRefused('its answer is not JSON');
  }
  const records = isObject(parsed) ? parsed.records : undefined;
  if (!Array.isArray(records)) throw new AnswerRefused('its answer has no list "records"');
  const list = memberSpans(text, text.indexOf('{')).get('records');
  const spans = list ? elementSpans(text, list.from) : [];
  return records.map((value: unknown, index): AnsweredRecord => {
    const span = spans[index];
    if (!isObject(value) || !span) throw new AnswerRefused('a record of its answer is no object');
    return { value, spans: memberSpans(text, span.from) };
  });
}

function convertedOf(value: AnsweredRecord['value'], spans: AnsweredRecord['spans'], text: string, place: string): Converted {
  const words = receiverWords(value);
  switch (value.result) {
    case 'Ok':
      return { kind: 'events', events: eventsOf(value, spans, text) };
    case 'Dropped':
      return { kind: 'dropped', reason: `${place} drops it${words ? `: ${words}` : ''}` };
    case 'Failed':
      return { kind: 'failed', error: { errorClass: 'contract', message: `${place} answered Failed${words ? `: ${words}` : ''}` } };
    default:
      throw new AnswerRefused('a result of its answer is none of Ok, Dropped and Failed');
  }
}

function eventsOf(value: AnsweredRecord['value'], spans: AnsweredRecord['spans'], text: string): ConvertedEvent[] {
  const data = spans.get('data');
  if (data && value.events === undefined) return [payloadOf(value.data, data, text)];
  const list = spans.get('events');
  if (data || !list || !Array.isArray(value.events))
    throw new AnswerRefused('an Ok record has neither "data" nor a list "events", or both');
  const elements = elementSpans(text, list.from);
  return value.events.map((event: unknown, index): ConvertedEvent => {
    const element = elements[index];
    const inner = isObject(event) && element ? memberSpans(text, element.from).get('data') : undefined;
    if (!isObject(event) || !inner) throw new AnswerRefused('one of "events" has no "data"');
    return payloadOf(event.data, inner, text);
  });
}

function payloadOf(data: unknown, { from, to }: Span, text: string): ConvertedEvent {
  if (data === null) throw new AnswerRefused('"data" is null: leave an event out by Dropped');
  return { payload: Buffer.from(text.slice(from, to), 'utf8') };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
