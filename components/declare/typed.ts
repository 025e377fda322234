/** A figure as typed: a number when it is one, else the text itself, so that validation can name it. */
export function figure(typed: string): number | string {
  return /^\d+$/.test(typed.trim()) ? Number(typed.trim()) : typed;
}

/** Readers of unknown JSON, as a draft of an earlier version may hold it. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** The strings of a list; null when there is no list. */
export function strings(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null;
}

export function oneOf<const T extends string>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}

/** The fields of `stored` that have the same type as in `shape`. */
export function sameTypes(shape: object, stored: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(shape).flatMap(([key, sample]) => (typeof stored[key] === typeof sample ? [[key, stored[key]]] : [])),
  );
}
