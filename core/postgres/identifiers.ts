/** Every slot and publication that Spillway makes starts with this; a slot with it that no stream claims is an orphan. */
export const OUR_SLOT_PREFIX = 'spillway_';

/** NAMEDATALEN − 1: Postgres cuts longer names silently, which would let two names meet. */
const MAX_IDENTIFIER_BYTES = 63;
const ID_DIGITS = 8;

/**
 * Name of a stream's slot and of its publication: `spillway_<stream name>_<8 hex digits of the id>`, at most 63 characters
 * of [a-z0-9_] (the only ones a slot name may have). The name part is cut, the id part never.
 */
export function slotNameFor(streamName: string, streamId: string): string {
  const digits = streamId
    .toLowerCase()
    .replace(/[^0-9a-f]/g, '')
    .slice(0, ID_DIGITS);
  if (digits.length < ID_DIGITS)
    throw new RangeError(`"${streamId}" is not a stream id: it has fewer than ${ID_DIGITS} hexadecimal digits`);
  const room = MAX_IDENTIFIER_BYTES - OUR_SLOT_PREFIX.length - 1 - ID_DIGITS;
  const name = streamName
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '_')
    .slice(0, room);
  return `${OUR_SLOT_PREFIX}${name}_${digits}`;
}

/** `"name"` with inner quotes doubled: keeps case, dots and blanks. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('an identifier must not contain a NUL character');
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."name"`. */
export function quoteQualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** `'text'` with inner quotes doubled; an E'' string when it holds a backslash, so that standard_conforming_strings does not matter. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new RangeError('a literal must not contain a NUL character');
  const doubled = text.replaceAll("'", "''");
  return text.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

/**
 * The value of pgoutput's `publication_names` option, quoted twice: each name as an identifier (else the server folds it to
 * lower case) and the comma-separated list as a string of the replication grammar, which knows doubled quotes but no E''.
 */
export function quotePublicationNames(names: readonly string[]): string {
  return `'${names.map(quoteIdentifier).join(',').replaceAll("'", "''")}'`;
}

/** `application_name` of a pipeline's connections: whose they are and which lease epoch they belong to. */
export function applicationNameFor(streamId: string, epoch: number): string {
  return `spillway:${streamId}:${epoch}`;
}

/** Reads an application name made by applicationNameFor; null for any other. */
export function parseApplicationName(name: string | null): { readonly streamId: string; readonly epoch: number } | null {
  const match = /^spillway:([^:]+):(\d+)$/.exec(name ?? '');
  return match?.[1] && match[2] ? { streamId: match[1], epoch: Number(match[2]) } : null;
}
