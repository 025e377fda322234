import { type ScriptConversionSpec, scriptConversion } from '@/core/spec/script-conversion';
import type { Converted, ConvertibleEvent } from '../conversion';

export const COMMIT_US = 1_772_360_400_123_456n;

/** In JavaScript, which starts faster. */
export function scriptSpec(code: string, more: Partial<ScriptConversionSpec> = {}): ScriptConversionSpec {
  return scriptConversion.parse({ type: 'Script', language: 'javascript', code, ...more });
}

/** An event whose value is the JSON of `value`, or this text. */
export function event(seq: number, value: unknown, more: Partial<ConvertibleEvent> = {}): ConvertibleEvent {
  return {
    id: `7310000000000000001/0/1A2B3C/${seq}`,
    position: { systemId: '7310000000000000001', commitLsn: 0x1a_2b3cn, seq, fromSnapshot: false },
    op: 'u',
    schema: 'public',
    table: 'orders',
    key: `{"id":${seq}}`,
    payload: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    contentType: 'application/json',
    headers: { source: 'shop' },
    commitTimeUs: COMMIT_US,
    ...more,
  };
}

/** `{"a":1} {"b":2}`, `dropped` or `poison: why`. */
export function textOf(result: Converted): string {
  if (result.kind === 'dropped') return 'dropped';
  if (result.kind === 'failed') return `${result.error.errorClass}: ${result.error.message}`;
  return result.events.map(({ payload }) => payload.toString()).join(' ');
}
