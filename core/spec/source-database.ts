import * as z from 'zod';
import { slug } from './names';

export const TLS_MODES = ['verify_full', 'require', 'disable'] as const;
export type TlsMode = (typeof TLS_MODES)[number];

/** A source database as typed by an admin. The password is sealed at once and never shown again. */
export const sourceDatabaseInput = z.strictObject({
  name: slug,
  host: z
    .string()
    .min(1, 'name the host')
    .max(255)
    .regex(/^[^\s/@?#]+$/, 'is not a host name or address'),
  port: z.int().min(1).max(65_535).default(5432),
  database: z.string().min(1, 'name the database').max(63),
  username: z.string().min(1, 'name the role').max(63),
  tlsMode: z.enum(TLS_MODES).default('verify_full'),
  caCertificate: z.string().max(100_000).optional(),
  password: z.string().min(1).max(4000).optional(),
  slotLimit: z.int().min(1).max(1000).default(10),
});
export type SourceDatabaseInput = z.infer<typeof sourceDatabaseInput>;
