/** What JSON.parse gives; integers that a double does not hold exactly are their digits as a string. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** A string, so that nothing in it is taken for a number, or an integer of 16 digits or more outside of one. */
const STRING_OR_LARGE = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
const LARGE = /\d{16}/;

/** Reads JSON without losing digits of integers: a schema tells whether a string of digits is one. */
export function readJson(text: string): JsonValue {
  const safe = LARGE.test(text) ? text.replace(STRING_OR_LARGE, (found) => (found.startsWith('"') ? found : `"${found}"`)) : text;
  return JSON.parse(safe) as JsonValue;
}
