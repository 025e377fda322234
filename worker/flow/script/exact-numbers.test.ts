import fc from 'fast-check';
import { expect, test } from 'vitest';
import { liftExact, lowerExact, survivesDouble } from './exact-numbers';

const MARK = 'mark:';

test.each([
  ['9007199254740991', true],
  ['9007199254740992', false],
  ['-9223372036854775808', false],
  ['249.90', true],
  ['0.1', true],
  ['0.12345678901234567890', false],
  ['179.76931348623157', true],
  ['1e25', true],
  ['1.7976931348623157e308', true],
  ['1e400', false],
  ['5e-324', true],
  ['1e-400', false],
  ['0.0000000000000000000', true],
  ['100000000000000000000', false],
])('%s survives a double: %s', (text, survives) => {
  expect(survivesDouble(text)).toBe(survives);
});

test('numbers that no double holds are taken out with where they stand', () => {
  const json =
    '{"a":[1, {"id":12345678901234567890}, 0.12345678901234567890],"12345678901234567":"12345678901234567","b\\n" : -9223372036854775808}';
  const { json: lifted, places } = liftExact(json, MARK);
  expect(places).toEqual([
    [['a', 1, 'id'], '12345678901234567890'],
    [['a', 2], '0.12345678901234567890'],
    [['b\n'], '-9223372036854775808'],
  ]);
  expect(JSON.parse(lifted)).toEqual({ a: [1, { id: 'mark:0' }, 'mark:1'], '12345678901234567': '12345678901234567', 'b\n': 'mark:2' });
});

test('a number alone stands at the root', () => {
  expect(liftExact('12345678901234567890', MARK)).toEqual({ json: '"mark:0"', places: [[[], '12345678901234567890']] });
});

/** JSON texts with every kind of number, keys and strings that look like numbers among them. */
const { json: jsonText } = fc.letrec((tie) => ({
  number: fc.oneof(
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
    fc.tuple(fc.integer(), fc.stringMatching(/^\d{1,25}$/)).map(([whole, fraction]) => `${whole}.${fraction}`),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  ),
  text: fc
    .oneof(fc.string(), fc.stringMatching(/^\d{15,25}$/), fc.constantFrom('"', '\\', '{"a":1', '__proto__'))
    .map((text) => JSON.stringify(text)),
  json: fc.oneof(
    { maxDepth: 4 },
    tie('number'),
    tie('text'),
    fc.constantFrom('true', 'false', 'null'),
    fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(tie('text'), tie('json')), { maxLength: 4 })
      .map((fields) => `{${fields.map(([key, value]) => `${key} :${value}`).join(',')}}`),
  ),
}));

test('lifted and lowered again is the same text', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      const json = String(text);
      const { json: lifted, places } = liftExact(json, MARK);
      JSON.parse(lifted);
      const digits = lifted.replace(/"mark:(\d+)"/g, (_, index) => `"mark:${places[Number(index)]?.[1]}"`);
      expect(lowerExact(digits, MARK)).toBe(json);
    }),
  );
});

test.each(['-', '1-23456789012345678', '"12345678901234567890', '{"a":12345678901234567890', '[}', '12345678901234567890]'])(
  'text that is no JSON stays none: %s',
  (text) => {
    expect(() => JSON.parse(liftExact(text, MARK).json)).toThrow(SyntaxError);
  },
);
