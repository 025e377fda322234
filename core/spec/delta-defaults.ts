/* Apart from the schema, so that a form can begin before it loads what checks it. */

/** By the primary key, the commit LSN and the commit time. */
export const DELTA_DEFAULTS = { type: 'Delta' } as const;

const VERSION_NAMES = ['version', 'row_version', 'lock_version', 'revision'];

/** The flow for a table as its columns suggest it: a version by its usual names. An event time, which refuses events, is never guessed. */
export function guessDelta(columns: readonly { readonly name: string; readonly type: string }[]): {
  readonly type: 'Delta';
  readonly versionField?: string;
} {
  const version = columns.find(({ name, type }) => VERSION_NAMES.includes(name.toLowerCase()) && isWholeNumber(type));
  return version ? { ...DELTA_DEFAULTS, versionField: version.name } : DELTA_DEFAULTS;
}

/** Of a type as format_type prints it. */
export function isWholeNumber(type: string): boolean {
  return ['smallint', 'integer', 'bigint'].includes(type);
}

/** Of a type as format_type prints it: timestamp with or without time zone, of any precision. */
export function isTimestamp(type: string): boolean {
  return type.startsWith('timestamp');
}
