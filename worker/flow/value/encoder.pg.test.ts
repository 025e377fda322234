import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEBEZIUM_DEFAULTS } from '@/core/spec/flow';
import { sharedPostgres } from '@/worker/testing/postgres';
import { encodersIn } from './encoder';

const encoderOf = encodersIn({ ...DEBEZIUM_DEFAULTS, decimalHandlingMode: 'string' });

/** The settings that the source puts on its connections (engine.md 1.8): what text they print is what is proved here. */
const SETTINGS = '-c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=3 -c timezone=UTC -c bytea_output=hex';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: await sharedPostgres(), options: SETTINGS });
  await client.connect();
});
afterAll(() => client.end());

async function text(expression: string): Promise<string> {
  const { rows } = await client.query<{ text: string }>(`select (${expression})::text as text`);
  return rows[0]?.text ?? '';
}
const json = async (expression: string, typeName: string, typeModifier = -1) =>
  encoderOf({ typeName, typeModifier })(await text(expression));

describe('what Postgres prints', () => {
  it.each([
    ['bytea', `''::bytea`, '""'],
    ['int8', `(-9223372036854775808)::int8`, '-9223372036854775808'],
    ['float8', `1e20::float8`, '1e+20'],
    ['float8', `'-Infinity'::float8`, '"-Infinity"'],
    ['float4', `0.1::float4`, '0.1'],
    ['numeric', `22.2::numeric(8,4)`, '"22.2000"'],
    ['numeric', `'Infinity'::numeric`, '"POSITIVE_INFINITY"'],
    ['money', `(-1234.5)::money`, '"-1234.50"'],
    ['date', `'4713-01-01 BC'::date`, '-2440550'],
    ['date', `'infinity'::date`, '2147483647'],
    ['timestamp', `'4713-12-31 23:59:59.999999 BC'::timestamp`, '-210831897600000001'],
    ['timestamp', `'294276-12-31 23:59:59.999999'::timestamp`, '9224318015999999999'],
    ['timestamptz', `'2016-11-04 13:51:30.1+02'::timestamptz`, '"2016-11-04T11:51:30.100000Z"'],
    ['time', `'24:00:00'::time`, '86400000000'],
    ['timetz', `'13:51:30.123789+02:30'::timetz`, '"11:21:30.123789Z"'],
    ['interval', `'1 year 2 mons 3 days 04:05:06.78'::interval`, '37091106780000'],
    ['interval', `'-1 year -2 mons +3 days -04:05:06.78'::interval`, '-36572706780000'],
    ['bytea', `'\\x00ff10'::bytea`, '"AP8Q"'],
    ['bit', `B'100000001'::bit(9)`, '"AQE="'],
    ['point', `point(1,-2.5)`, '{"x":1,"y":-2.5,"wkb":"AQEAAAAAAAAAAADwPwAAAAAAAATA","srid":null}'],
    ['_int4', `'[0:1]={7,8}'::int4[]`, '[7,8]'],
    ['_bool', `array[true,null]`, '[true,null]'],
    ['_text', `array[array['a','NULL'],array[null,'d"e\\f,{}']]`, '[["a","NULL"],[null,"d\\"e\\\\f,{}"]]'],
    ['_timestamptz', `array['2016-11-04 11:51:30+00'::timestamptz]`, '["2016-11-04T11:51:30.000000Z"]'],
    ['_box', `array[box '((1,1),(0,0))', box '((2,2),(0,0))']`, '["(1,1),(0,0)","(2,2),(0,0)"]'],
    ['int4range', `int4range(1,5)`, '"[1,5)"'],
  ])('for %s %s is read', async (typeName, expression, expected) => {
    expect(await json(expression, typeName)).toBe(expected);
  });

  it('for any timestamp is the number of microseconds that the server itself counts', async () => {
    // Postgres' own range of timestamps that int64 microseconds since 1970 can hold.
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: -210_863_520_000_000_000n, max: 9_223_371_331_200_000_000n }), async (micros) => {
        // The product is rounded to a double, so the server says both what it made of it and what it counts.
        const { rows } = await client.query<{ text: string; micros: string }>(
          `select t::text as text, (extract(epoch from t) * 1000000)::bigint::text as micros
           from (select timestamp '1970-01-01' + $1::float8 * interval '1 microsecond' as t) as made`,
          [String(micros)],
        );
        expect(encoderOf({ typeName: 'timestamp', typeModifier: -1 })(rows[0]?.text ?? '')).toBe(rows[0]?.micros);
      }),
      { numRuns: 200 },
    );
  });

  it('for any array of texts comes back whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.string({ unit: 'grapheme' })), { maxLength: 5 }), async (items) => {
        const clean = items.map((item) => item?.replaceAll('\0', '') ?? null);
        const { rows } = await client.query<{ text: string }>('select $1::text[]::text as text', [clean]);
        expect(JSON.parse(encoderOf({ typeName: '_text', typeModifier: -1 })(rows[0]?.text ?? ''))).toEqual(clean);
      }),
      { numRuns: 100 },
    );
  });
});
