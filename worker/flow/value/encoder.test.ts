import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { encodersIn } from './encoder';

const encoderOf = encodersIn({ ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string' });

/** typeName, atttypmod, Postgres' text, JSON text. */
const CASES: [string, number, string, string][] = [
  ['int2', -1, '-32768', '-32768'],
  ['int8', -1, '9223372036854775807', '9223372036854775807'],
  ['oid', -1, '4294967295', '4294967295'],
  ['int4', -1, 'not a number', '"not a number"'],
  ['bool', -1, 't', 'true'],
  ['bool', -1, 'f', 'false'],
  ['float8', -1, '1e+20', '1e+20'],
  ['float8', -1, '-0', '-0'],
  ['float4', -1, '1.5e-07', '1.5e-07'],
  ['float8', -1, 'NaN', '"NaN"'],
  ['float8', -1, '-Infinity', '"-Infinity"'],
  ['numeric', 393226, '22.2200', '"22.2200"'],
  ['numeric', -1, 'NaN', '"NAN"'],
  ['numeric', -1, '-Infinity', '"NEGATIVE_INFINITY"'],
  ['numeric', -1, '123456789012345678901234567890.5', '"123456789012345678901234567890.5"'],
  ['money', -1, '$1,234.11', '"1234.11"'],
  ['money', -1, '-$0.50', '"-0.50"'],
  ['money', -1, '($1,234.11)', '"-1234.11"'],
  ['money', -1, '1.234.567,89 €', '"1234567.89"'],
  ['money', -1, '¥1,235', '"1235"'],
  ['date', -1, '2016-11-04', '17109'],
  ['date', -1, '1969-12-31', '-1'],
  ['date', -1, '0001-01-01 BC', '-719528'],
  ['date', -1, '4713-01-01 BC', '-2440550'],
  ['date', -1, '5874897-12-31', '2145042905'],
  ['date', -1, 'infinity', '2147483647'],
  ['date', -1, '-infinity', '-2147483648'],
  ['timestamp', -1, '2016-11-04 13:51:30.123456', '1478267490123456'],
  ['timestamp', -1, '2016-11-04 13:51:30', '1478267490000000'],
  ['timestamp', 3, '2016-11-04 13:51:30.123', '1478267490123'],
  ['timestamp', 0, '2016-11-04 13:51:30', '1478267490000'],
  ['timestamp', -1, '1969-12-31 23:59:59.999999', '-1'],
  ['timestamp', -1, '1970-01-01 00:00:00.5', '500000'],
  ['timestamp', -1, '9999-12-31 23:59:59.999999', '253402300799999999'],
  ['timestamp', -1, '294276-12-31 23:59:59.999999', '9224318015999999999'],
  ['timestamp', -1, '4714-12-31 23:59:59.999999 BC', '-210863520000000001'],
  ['timestamp', -1, '4713-12-31 23:59:59.999999 BC', '-210831897600000001'],
  ['timestamp', -1, 'infinity', '9223372036825200000'],
  ['timestamp', 2, '-infinity', '-9223372036832400'],
  ['timestamptz', -1, '2016-11-04 11:51:30.123456+00', '"2016-11-04T11:51:30.123456Z"'],
  ['timestamptz', -1, '2016-11-04 11:51:30+00', '"2016-11-04T11:51:30.000000Z"'],
  ['timestamptz', 3, '2016-11-04 11:51:30.12+00', '"2016-11-04T11:51:30.120Z"'],
  ['timestamptz', 0, '2016-11-04 11:51:30+00', '"2016-11-04T11:51:30Z"'],
  ['timestamptz', 0, '2016-11-04 00:51:30+05:30', '"2016-11-03T19:21:30Z"'],
  ['timestamptz', 0, '0044-03-15 12:00:00-00:01:15 BC', '"-0043-03-15T12:01:15Z"'],
  ['timestamptz', 0, '10000-01-01 00:00:00+00', '"+10000-01-01T00:00:00Z"'],
  ['timestamptz', -1, 'infinity', '"infinity"'],
  ['time', -1, '04:05:11.789', '14711789000'],
  ['time', -1, '24:00:00', '86400000000'],
  ['time', -1, '00:00:00', '0'],
  ['time', 3, '04:05:11.789', '14711789'],
  ['timetz', -1, '13:51:30.123789+02', '"11:51:30.123789Z"'],
  ['timetz', -1, '00:30:00.500+02', '"22:30:00.5Z"'],
  ['timetz', -1, '24:00:00+00', '"00:00:00Z"'],
  ['interval', -1, '1 year 2 mons 3 days 04:05:06.78', '37091106780000'],
  ['interval', -1, '-1 years -2 mons +3 days -04:05:06.78', '-36572706780000'],
  ['interval', -1, '00:00:00', '0'],
  ['interval', -1, '3 days', '259200000000'],
  ['interval', -1, 'infinity', '9223372036854775807'],
  ['json', -1, '{"a": 1.0, "a": 12345678901234567890}', '"{\\"a\\": 1.0, \\"a\\": 12345678901234567890}"'],
  ['uuid', -1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"'],
  ['int4range', -1, '[1,5)', '"[1,5)"'],
  ['order_status', -1, 'paid', '"paid"'],
  ['inet', -1, '10.0.0.1/8', '"10.0.0.1/8"'],
  ['bytea', -1, '\\x00ff10', '"AP8Q"'],
  ['bytea', -1, '\\x', '""'],
  ['bit', 1, '1', 'true'],
  ['bit', 1, '0', 'false'],
  ['bit', 9, '100000001', '"AQE="'],
  ['bit', 33, '000000000000000000000000000000101', '"BQ=="'],
  ['varbit', -1, '', '""'],
  ['varbit', 1, '', 'null'],
  ['point', -1, '(1,-2.5)', '{"x":1,"y":-2.5,"wkb":"AQEAAAAAAAAAAADwPwAAAAAAAATA","srid":null}'],
  ['hstore', -1, '"a"=>"1", "b \\"q\\""=>NULL', '"{\\"a\\":\\"1\\",\\"b \\\\\\"q\\\\\\"\\":null}"'],
  ['hstore', -1, '', '"{}"'],
  ['_int4', -1, '{1,NULL,3}', '[1,null,3]'],
  ['_int8', -1, '{{1,2},{3,4}}', '[[1,2],[3,4]]'],
  ['_int4', -1, '[0:1]={7,8}', '[7,8]'],
  ['_text', -1, '{}', '[]'],
  ['_text', -1, '{a,"NULL","b,c","d\\"e\\\\f",NULL,"{x}"}', '["a","NULL","b,c","d\\"e\\\\f",null,"{x}"]'],
  ['_numeric', -1, '{1.10,NaN}', '["1.10","NAN"]'],
  ['_timestamptz', 0, '{"2016-11-04 11:51:30+00"}', '["2016-11-04T11:51:30Z"]'],
  ['_box', -1, '{(1,1),(0,0);(2,2),(0,0)}', '["(1,1),(0,0)","(2,2),(0,0)"]'],
  ['_mood', -1, '{sad,happy}', '["sad","happy"]'],
  ['_text', -1, '{broken', '"{broken"'],
];

describe('a value in Postgres text format becomes the JSON that Debezium writes', () => {
  it.each(CASES)('%s(%i) %s', (typeName, typeModifier, text, json) => {
    const written = encoderOf({ typeName, typeModifier })(text);
    expect(written).toBe(json);
    JSON.parse(written);
  });

  it('keeps any text whole, lone surrogates, control characters and U+2028 included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('text', 'jsonb', 'mood'), (text, typeName) => {
        expect(JSON.parse(encoderOf({ typeName, typeModifier: -1 })(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
    const odd = `a\ud800b\u2028\u0000\u007f"\\`;
    expect(JSON.parse(encoderOf({ typeName: 'text', typeModifier: -1 })(odd))).toBe(odd);
  });

  it('writes valid JSON whatever the text of whatever type', () => {
    const types = [
      'int4',
      'float8',
      'numeric',
      'money',
      'date',
      'timestamp',
      'timestamptz',
      'time',
      'timetz',
      'interval',
      'bytea',
      'bit',
      'point',
      'hstore',
      '_int4',
      '_text',
      '_hstore',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[{}[\]",\\0-9:.\-+ TBCn()=>x]{0,30}$/)),
        (typeName, text) => {
          JSON.parse(encoderOf({ typeName, typeModifier: -1 })(text));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('reads back any array of texts, quoted as array_out quotes them', () => {
    const literal = (items: (string | null)[]) =>
      `{${items.map((item) => (item === null ? 'NULL' : `"${item.replace(/[\\"]/g, '\\$&')}"`)).join(',')}}`;
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (items) => {
        expect(JSON.parse(encoderOf({ typeName: '_text', typeModifier: -1 })(literal(items)))).toEqual(items);
      }),
    );
  });
});
