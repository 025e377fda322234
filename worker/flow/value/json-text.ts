/** Turns a value in Postgres' text output format into JSON text. Never throws and never yields invalid JSON. */
export type TextToJson = (text: string) => string;

// What stands for itself in JSON: all but quote, backslash, control characters and surrogates.
const NEEDS_ESCAPE = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/**
 * A JSON string. JSON.stringify is well-formed since ES2019 (a lone surrogate becomes an escape),
 * but five times dearer than the test that most values pass.
 */
export function jsonString(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/;

/** int2, int4, int8, oid: the digits as they are, since an int8 does not fit a JS number. */
export const integer: TextToJson = (text) => (INTEGER.test(text) ? text : jsonString(text));

/** float4, float8: JSON has no NaN and no infinity, so these come as strings, as Kafka Connect's JsonConverter writes them. */
export const float: TextToJson = (text) => (NUMBER.test(text) ? text : jsonString(text));

export const boolean: TextToJson = (text) => (text === 't' ? 'true' : text === 'f' ? 'false' : jsonString(text));
