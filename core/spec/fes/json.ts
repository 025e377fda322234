/** What a manifest is made of: plain JSON, whatever it holds. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in a field; empty when there is none. */
export function objectIn(value: unknown, key: string): JsonObject {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

/** The text in a field; undefined when it holds something else. */
export function textIn(value: unknown, key: string): string | undefined {
  const inner = isObject(value) ? value[key] : undefined;
  return typeof inner === 'string' ? inner : undefined;
}

/** A copy in which nothing is shared with the original, keys in alphabetical order where `sorted`. */
export function copyOf(value: unknown, sorted = false): Json {
  if (Array.isArray(value)) return value.map((item) => copyOf(item, sorted));
  if (!isObject(value)) return value as Json;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return Object.fromEntries((sorted ? keys.sort() : keys).map((key) => [key, copyOf(value[key], sorted)]));
}

/** Equal as JSON; the order of keys says nothing. */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(copyOf(a ?? null, true)) === JSON.stringify(copyOf(b ?? null, true));
}
