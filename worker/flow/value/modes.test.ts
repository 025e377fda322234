import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BINARY_HANDLING_MODES,
  DEBEZIUM_DEFAULTS,
  DECIMAL_HANDLING_MODES,
  type DebeziumEnvelopeSpec,
  HSTORE_HANDLING_MODES,
  INTERVAL_HANDLING_MODES,
  TIME_PRECISION_MODES,
} from '@/core/spec/flow';
import { MODE_EXAMPLES, type ModeExample } from '@/core/spec/flow-examples';
import { encodersIn } from './encoder';
import { unavailableOf } from './unavailable';

type Field = keyof typeof MODE_EXAMPLES;
const FIELDS: { readonly [F in Field]: readonly string[] } = {
  decimalHandlingMode: DECIMAL_HANDLING_MODES,
  timePrecisionMode: TIME_PRECISION_MODES,
  intervalHandlingMode: INTERVAL_HANDLING_MODES,
  binaryHandlingMode: BINARY_HANDLING_MODES,
  hstoreHandlingMode: HSTORE_HANDLING_MODES,
};
const inMode = (field: Field, mode: string): DebeziumEnvelopeSpec => ({ ...DEBEZIUM_DEFAULTS, [field]: mode });

/** numeric(10,2), as atttypmod says it. */
const TEN_TWO = 655366;
/** numeric(3,-2). */
const HUNDREDS = (3 << 16) + (-2 & 0x7ff) + 4;

/** Type, modifier, Postgres' text, and what each mode makes of it, in the order of the list of modes. */
const TABLE: [Field, string, number, string, string[]][] = [
  ['decimalHandlingMode', 'numeric', TEN_TWO, '12.50', ['"BOI="', '12.5', '"12.50"']],
  ['decimalHandlingMode', 'numeric', TEN_TWO, '-1.28', ['"gA=="', '-1.28', '"-1.28"']],
  ['decimalHandlingMode', 'numeric', TEN_TWO, '1.28', ['"AIA="', '1.28', '"1.28"']],
  ['decimalHandlingMode', 'numeric', TEN_TWO, '0.00', ['"AA=="', '0', '"0.00"']],
  ['decimalHandlingMode', 'numeric', TEN_TWO, 'NaN', ['{"special":"NAN"}', '"NaN"', '"NAN"']],
  ['decimalHandlingMode', 'numeric', -1, '12.50', ['{"scale":1,"value":"fQ=="}', '12.5', '"12.50"']],
  ['decimalHandlingMode', 'numeric', -1, '100', ['{"scale":0,"value":"ZA=="}', '100', '"100"']],
  ['decimalHandlingMode', 'numeric', -1, '-0.000001', ['{"scale":6,"value":"/w=="}', '-0.000001', '"-0.000001"']],
  ['decimalHandlingMode', 'numeric', -1, 'Infinity', ['{"special":"POSITIVE_INFINITY"}', '"Infinity"', '"POSITIVE_INFINITY"']],
  ['decimalHandlingMode', 'numeric', -1, '-Infinity', ['{"special":"NEGATIVE_INFINITY"}', '"-Infinity"', '"NEGATIVE_INFINITY"']],
  ['decimalHandlingMode', 'numeric', HUNDREDS, '-99900', ['"/Bk="', '-99900', '"-99900"']],
  ['decimalHandlingMode', 'numeric', -1, 'no number', ['"no number"', '"no number"', '"no number"']],
  ['decimalHandlingMode', 'money', -1, '-$1,234.50', ['"/h3G"', '-1234.5', '"-1234.50"']],
  ['decimalHandlingMode', 'money', -1, '¥1,235', ['"AeJs"', '1235', '"1235"']],
  ['decimalHandlingMode', '_numeric', TEN_TWO, '{1.10,NULL}', ['["bg==",null]', '[1.1,null]', '["1.10",null]']],
  ['decimalHandlingMode', '_numeric', -1, '{1.10}', ['[{"scale":1,"value":"Cw=="}]', '[1.1]', '["1.10"]']],
  ['decimalHandlingMode', 'int8', -1, '9223372036854775807', Array<string>(3).fill('9223372036854775807')],
  // adaptive, adaptive_time_microseconds, connect, isostring, microseconds, nanoseconds
  ['timePrecisionMode', 'date', -1, '2016-11-04', ['17109', '17109', '17109', '"2016-11-04Z"', '17109', '17109']],
  ['timePrecisionMode', 'date', -1, '0044-03-15 BC', ['-735160', '-735160', '-735160', '"-0043-03-15Z"', '-735160', '-735160']],
  ['timePrecisionMode', 'date', -1, 'infinity', ['2147483647', '2147483647', '2147483647', '"infinity"', '2147483647', '2147483647']],
  ['timePrecisionMode', 'timestamp', -1, '1969-12-31 23:59:59.999999', ['-1', '-1', '-1', '"1969-12-31T23:59:59.999999Z"', '-1', '-1000']],
  [
    'timePrecisionMode',
    'timestamp',
    3,
    '2016-11-04 13:51:30.12',
    ['1478267490120', '1478267490120', '1478267490120', '"2016-11-04T13:51:30.12Z"', '1478267490120000', '1478267490120000000'],
  ],
  [
    'timePrecisionMode',
    'timestamp',
    6,
    '294276-12-31 23:59:59.999999',
    [
      '9224318015999999999',
      '9224318015999999999',
      '9224318015999999',
      '"+294276-12-31T23:59:59.999999Z"',
      '9224318015999999999',
      '9224318015999999999000',
    ],
  ],
  [
    'timePrecisionMode',
    'timestamp',
    -1,
    '4713-12-31 23:59:59.5 BC',
    [
      '-210831897600500000',
      '-210831897600500000',
      '-210831897600500',
      '"-4712-12-31T23:59:59.5Z"',
      '-210831897600500000',
      '-210831897600500000000',
    ],
  ],
  [
    'timePrecisionMode',
    'timestamp',
    -1,
    '-infinity',
    ['-9223372036832400000', '-9223372036832400000', '-9223372036832400', '"-infinity"', '-9223372036832400000', '-9223372036854775808'],
  ],
  ['timePrecisionMode', 'time', 0, '12:30:00', ['45000000', '45000000000', '45000000', '"12:30:00Z"', '45000000000', '45000000000000']],
  ['timePrecisionMode', 'time', -1, '24:00:00', ['86400000000', '86400000000', '86400000', '"00:00:00Z"', '86400000000', '86400000000000']],
  ['timePrecisionMode', 'timetz', -1, '13:51:30.5+02', Array<string>(6).fill('"11:51:30.5Z"')],
  ['timePrecisionMode', 'timestamptz', 1, '2016-11-04 11:51:30.5+00', Array<string>(6).fill('"2016-11-04T11:51:30.5Z"')],
  ['timePrecisionMode', 'timestamptz', -1, 'infinity', Array<string>(6).fill('"infinity"')],
  [
    'timePrecisionMode',
    '_time',
    -1,
    '{00:00:01.5,NULL}',
    ['[1500000,null]', '[1500000,null]', '[1500,null]', '["00:00:01.5Z",null]', '[1500000,null]', '[1500000000,null]'],
  ],
  [
    'timePrecisionMode',
    '_timestamp',
    0,
    '{infinity,"1970-01-01 00:00:01"}',
    [
      '[9223372036825200,1000]',
      '[9223372036825200,1000]',
      '[9223372036825200,1000]',
      '["infinity","1970-01-01T00:00:01Z"]',
      '[9223372036825200000,1000000]',
      '[9223372036854775807,1000000000]',
    ],
  ],
  ['timePrecisionMode', '_date', -1, '{1970-01-02}', ['[1]', '[1]', '[1]', '["1970-01-02Z"]', '[1]', '[1]']],
  ['intervalHandlingMode', 'interval', -1, '1 year 2 mons 3 days 04:05:06.78', ['37091106780000', '"P1Y2M3DT4H5M6.78S"']],
  ['intervalHandlingMode', 'interval', -1, '-1 years -2 mons +3 days -04:05:06.78', ['-36572706780000', '"P-1Y-2M3DT-4H-5M-6.78S"']],
  ['intervalHandlingMode', 'interval', -1, '-00:00:00.5', ['-500000', '"P0Y0M0DT0H0M-0.5S"']],
  ['intervalHandlingMode', 'interval', -1, '100000:00:00', ['360000000000000', '"P0Y0M0DT100000H0M0S"']],
  ['intervalHandlingMode', 'interval', -1, '-infinity', ['-9223372036854775808', '"-infinity"']],
  ['intervalHandlingMode', '_interval', -1, '{"1 mon",NULL}', ['[2629800000000,null]', '["P0Y1M0DT0H0M0S",null]']],
  ['binaryHandlingMode', 'bytea', -1, '\\xfbff10', ['"+/8Q"', '"+/8Q"', '"-_8Q"', '"fbff10"']],
  ['binaryHandlingMode', 'bytea', -1, '\\x00', ['"AA=="', '"AA=="', '"AA=="', '"00"']],
  ['binaryHandlingMode', 'bytea', -1, '\\x', ['""', '""', '""', '""']],
  ['binaryHandlingMode', '_bytea', -1, '{"\\\\xfbff",NULL}', ['["+/8=",null]', '["+/8=",null]', '["-_8=",null]', '["fbff",null]']],
  ['binaryHandlingMode', 'bit', 9, '100000001', Array<string>(4).fill('"AQE="')],
  ['hstoreHandlingMode', 'hstore', -1, '"a"=>"1", "b"=>NULL', ['"{\\"a\\":\\"1\\",\\"b\\":null}"', '{"a":"1","b":null}']],
  ['hstoreHandlingMode', '_hstore', -1, '{"\\"a\\"=>\\"1\\""}', ['["{\\"a\\":\\"1\\"}"]', '[{"a":"1"}]']],
];

describe('a value in every mode', () => {
  it.each(TABLE)('%s: %s(%i) %s', (field, typeName, typeModifier, text, expected) => {
    const written = FIELDS[field].map((mode) => encodersIn(inMode(field, mode))({ typeName, typeModifier })(text));
    expect(written).toEqual(expected);
    for (const json of written) JSON.parse(json);
  });

  it('an unscaled value reads back as the decimal it was', () => {
    const encode = encodersIn(inMode('decimalHandlingMode', 'precise'))({ typeName: 'numeric', typeModifier: -1 });
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), fc.integer({ min: 0, max: 40 }), (unscaled, scale) => {
        const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
        const point = digits.length - scale;
        const text = `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
        const read = JSON.parse(encode(text)) as { scale: number; value: string };
        const bytes = Buffer.from(read.value, 'base64');
        const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
        expect(value * 10n ** BigInt(scale - read.scale)).toBe(unscaled);
      }),
    );
  });

  it('of the declare form’s examples is what the form says', () => {
    for (const field of Object.keys(FIELDS) as Field[]) {
      for (const [mode, { typeName, typeModifier, text, json }] of Object.entries<ModeExample>(MODE_EXAMPLES[field])) {
        expect([mode, encodersIn(inMode(field, mode))({ typeName, typeModifier })(text)]).toEqual([mode, json]);
      }
    }
  });
});

describe('the placeholder of a value that was not sent', () => {
  const PLACEHOLDER = '__debezium_unavailable_value';
  const of = (typeName: string, modes: Partial<DebeziumEnvelopeSpec> = {}): unknown =>
    JSON.parse(unavailableOf({ typeName }, { ...DEBEZIUM_DEFAULTS, ...modes }));
  const decoded = (coding: BufferEncoding, json: unknown) => Buffer.from(String(json), coding).toString();

  it('stands as it is for texts and numbers, once in an array', () => {
    expect([of('text'), of('numeric'), of('_int8'), of('_bytea')]).toEqual([PLACEHOLDER, PLACEHOLDER, [PLACEHOLDER], [PLACEHOLDER]]);
  });

  it('has the form that bytes and pairs have in their mode', () => {
    expect(decoded('base64', of('bytea'))).toBe(PLACEHOLDER);
    expect(decoded('base64', of('bytea', { binaryHandlingMode: 'base64' }))).toBe(PLACEHOLDER);
    expect(decoded('base64url', of('bytea', { binaryHandlingMode: 'base64-url-safe' }))).toBe(PLACEHOLDER);
    expect(of('bytea', { binaryHandlingMode: 'hex' })).toBe(PLACEHOLDER);
    expect(of('hstore')).toBe(`{"${PLACEHOLDER}":"${PLACEHOLDER}"}`);
    expect(of('hstore', { hstoreHandlingMode: 'map' })).toEqual({ [PLACEHOLDER]: PLACEHOLDER });
  });
});
