import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS, DECIMAL_HANDLING_MODES, type DebeziumEnvelopeSpec, TIME_PRECISION_MODES } from '@/core/spec/flow';
import { ByteWriter } from './byte-writer';
import { encodersIn, type ShapedColumn } from './encoder';
import { byteEncodersIn } from './encoder-bytes';

const out = new ByteWriter();

/** What both make of some bytes: the value through text, and straight. The value stands between others, which must not matter. */
function both(column: ShapedColumn, modes: DebeziumEnvelopeSpec, value: Buffer): [string, string] {
  const from = Buffer.concat([Buffer.from('9.'), value, Buffer.from('9.')]);
  byteEncodersIn(modes)(column)(out, from, 2, 2 + value.length);
  return [out.finish().toString('latin1'), Buffer.from(encodersIn(modes)(column)(value.toString('utf8'))).toString('latin1')];
}

const modes = fc.record({
  decimalHandlingMode: fc.constantFrom(...DECIMAL_HANDLING_MODES),
  timePrecisionMode: fc.constantFrom(...TIME_PRECISION_MODES),
});
const digits = (most: number) => fc.stringMatching(new RegExp(`^\\d{1,${most}}$`));
const fraction = fc.oneof(
  fc.constant(''),
  digits(7).map((text) => `.${text}`),
);
const sign = fc.constantFrom('', '-', '+');
const two = fc.oneof(
  fc.integer({ min: 0, max: 31 }).map((n) => String(n).padStart(2, '0')),
  fc.stringMatching(/^\d\d$/),
);
const year = fc.oneof(
  fc.integer({ min: 0, max: 9_999 }).map((n) => String(n).padStart(4, '0')),
  digits(6),
);
const date = fc.tuple(year, two, two).map((parts) => parts.join('-'));
const time = fc.tuple(fc.tuple(two, two, two), fraction).map(([parts, rest]) => parts.join(':') + rest);
const zone = fc.constantFrom('', '+00', '+02', '-03:30', '+00 BC', ' BC', '+00:00');
const whole = fc.oneof(digits(20), fc.integer().map(String), fc.bigInt().map(String));
const number = fc
  .tuple(
    sign,
    whole,
    fraction,
    fc.oneof(
      fc.constant(''),
      fc.integer().map((n) => `e${n}`),
    ),
  )
  .map((parts) => parts.join(''));

/** The forms that Postgres prints, and others beside them. */
const text = fc.oneof(
  number,
  date,
  time,
  fc.tuple(date, fc.constantFrom(' ', 'T'), time, zone).map((parts) => parts.join('')),
  fc.constantFrom('t', 'f', 'NaN', 'infinity', '-infinity', '', 'true', '\\x00ff', '{1,NULL}', '"\\\b\f\n\r\t\0\x1f\x7f\u2028'),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const damaged = fc.tuple(text, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([value, at, byte]) => {
  const bytes = Buffer.from(value);
  if (bytes.length > 0) bytes[at % bytes.length] = byte;
  return bytes;
});
const value = fc.oneof(
  text.map((each) => Buffer.from(each)),
  damaged,
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);

const TYPES =
  'int2 int4 int8 oid bool float4 float8 numeric money date interval timetz time timestamp timestamptz bit varbit bytea point hstore text uuid jsonb _int4 _numeric mood'.split(
    ' ',
  );
const modifier = fc.oneof(
  fc.integer({ min: -1, max: 7 }),
  fc.constantFrom(655_366, (3 << 16) + (-2 & 0x7ff) + 4, (30 << 16) + 20 + 4, 1_000),
);

describe('values from the wire to JSON', () => {
  it.each(TYPES)('%s is written byte for byte as through text, whatever its bytes are', (typeName) => {
    fc.assert(
      fc.property(modifier, modes, value, (typeModifier, some, bytes) => {
        const [straight, throughText] = both({ typeName, typeModifier }, { ...DEBEZIUM_DEFAULTS, ...some }, bytes);
        expect(straight).toBe(throughText);
      }),
      { numRuns: 400 },
    );
  });
  it.each([
    [
      'numeric',
      655_366,
      ['0.00', '-0.00', '1.27', '1.28', '-1.28', '-1.29', '327.67', '327.68', '999999999999.99', '-70368744177663.28', '1', '1.234'],
    ],
    [
      'timestamptz',
      -1,
      ['2024-02-29 12:00:00+00', '2023-02-29 12:00:00+00', '0001-01-01 00:00:00+00', '2024-12-31 23:59:59.5+00', '2024-01-01 24:00:00+00'],
    ],
    ['timestamp', 3, ['1970-01-01 00:00:00', '1969-12-31 23:59:59.9', '9999-12-31 23:59:59.999999', '10000-01-01 00:00:00']],
    ['time', -1, ['00:00:00', '00:00:00.5', '24:00:00', '23:59:59.999999', '23:59:59.9999999']],
    ['date', -1, ['1970-01-01', '1969-12-31', '9999-12-31', '0044-03-15 BC']],
    ['float8', -1, ['0', '-0', '00', '1.', '.5', '1e', '1e+', '1e5', '1.5e-07', '-', '1.5E5']],
    ['int8', -1, ['0', '-0', '01', '9223372036854775807', '-', '--1', '1-']],
    ['text', -1, ['x'.repeat(5_000), '"'.repeat(5_000), 'ü😀\u0001'.repeat(2_000), '\u0001'.repeat(100_000)]],
    ['jsonb', -1, [JSON.stringify({ a: 'b'.repeat(40_000) })]],
  ] as const)('%s of modifier %i at its edges', (typeName, typeModifier, values) => {
    for (const each of values) {
      const [straight, throughText] = both({ typeName, typeModifier }, DEBEZIUM_DEFAULTS, Buffer.from(each));
      expect(straight).toBe(throughText);
    }
  });
});

describe('ByteWriter', () => {
  it('gives each event its own bytes, which later ones leave alone, and no more memory than they need', () => {
    const writer = new ByteWriter();
    const events = Array.from({ length: 300 }, (_, n) => {
      const bytes = Buffer.alloc(n % 50 === 49 ? 40_000 : n * 7, n);
      for (let at = 0; at < bytes.length; at += 100) {
        const part = bytes.subarray(at, at + 100);
        writer.room(part.length);
        writer.at += part.copy(writer.bytes, writer.at);
        if (n % 3 === 0 && at === 0) {
          writer.abandon();
          writer.room(part.length);
          writer.at += part.copy(writer.bytes, writer.at);
        }
      }
      return { bytes, event: writer.finish() };
    });
    for (const { bytes, event } of events) {
      expect(event.equals(bytes)).toBe(true);
      expect(event.buffer.byteLength).toBeLessThanOrEqual(Math.max(16 * 1024, event.length * 1.25));
    }
  });
});
