import { expect, test } from 'vitest';
import { placeNamed } from './script-problem';

test('the place of a problem is read from its words', () => {
  expect(placeNamed('the script cannot be run: line 3, column 15: Expected a semicolon')).toEqual({ line: 3, column: 15 });
  expect(placeNamed('Line 12: Error: no stock.')).toEqual({ line: 12, column: 1 });
  expect(placeNamed('it exports no function')).toBeNull();
});
