import * as z from 'zod';
import { slug } from './names';

export const TLS_MODES = ['verify_full', 'require', 'disable'] as const;
export type TlsMode = (typeof TLS_MODES)[number];

const host = z
  .string()
  .min(1, 'name the host')
  .max(255)
  .regex(/^[^\s/@?#]+$/, 'is not a host name or address');
const port = z.int().min(1).max(65_535).default(5432);

/** One more host of a source, with the same role, password and databases. */
const sourceHost = z.strictObject({ host, port });
export type SourceHost = z.infer<typeof sourceHost>;

/** Where Patroni's REST API answers, without a path. */
const patroniUrl = z
  .url({ protocol: /^https?$/, error: 'write it as http://host:8008 or https://host:8008' })
  .max(500)
  .refine((text) => !/@|\?|#/.test(text), 'write it without user, query or fragment');

/** A source database as typed by an admin. The password is sealed at once and never shown again. */
export const sourceDatabaseInput = z.strictObject({
  name: slug,
  host,
  port,
  /** Tried in this order after `host`; the one that takes writes is read (libpq: target_session_attrs=read-write). */
  standbys: z
    .array(sourceHost)
    .max(8)
    .refine((hosts) => new Set(hosts.map((at) => `${at.host}:${at.port}`)).size === hosts.length, 'name each host once')
    .default([]),
  /** Where Patroni runs the servers: slots are made through it, because it drops those that it does not know. */
  patroniUrl: patroniUrl.nullish(),
  database: z.string().min(1, 'name the database').max(63),
  username: z.string().min(1, 'name the role').max(63),
  tlsMode: z.enum(TLS_MODES).default('verify_full'),
  caCertificate: z.string().max(100_000).optional(),
  password: z.string().min(1).max(4000).optional(),
  slotLimit: z.int().min(1).max(1000).default(10),
});
export type SourceDatabaseInput = z.infer<typeof sourceDatabaseInput>;
