import { expect, test } from 'vitest';
import { scriptConversion } from './script-conversion';
import { EXAMPLE_SCRIPT, SCRIPT_DEFAULTS } from './script-example';

test('a new script has the defaults of the schema', () => {
  expect(scriptConversion.parse({ type: 'Script', code: EXAMPLE_SCRIPT })).toEqual(SCRIPT_DEFAULTS);
});
