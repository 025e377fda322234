import * as z from 'zod';

/** Names that people give to sources, sink targets and streams: they end up in slot names, URLs and YAML. */
export const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, 'use 2 to 40 lower-case letters, digits and hyphens, starting with a letter');

/** A Postgres identifier as it stands in the catalog, unquoted and case-sensitive: 1 to 63 bytes (NAMEDATALEN − 1). */
export const pgIdentifier = z
  .string()
  .min(1, 'must not be empty')
  .refine((name) => new TextEncoder().encode(name).length <= 63, 'is longer than 63 bytes, the limit of Postgres identifiers')
  .refine((name) => !name.includes('\0'), 'must not contain a NUL character');
