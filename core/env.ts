import * as z from 'zod';
import { SpillwayError } from './errors';

/** Empty strings count as absent: compose files and shells pass them for unset variables. */
const optional = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());

const catalogSchema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'give the catalog as postgres://user:password@host:port/database' }),
});

const portalSchema = catalogSchema
  .extend({
    NEXTAUTH_URL: z.url({ protocol: /^https?$/, error: 'give the address people type, such as http://127.0.0.1:3000' }),
    NEXTAUTH_SECRET: z.string({ error: 'set a random text of 32 characters or more' }).min(32, 'use 32 characters or more'),
    OIDC_ISSUER: optional,
    OIDC_CLIENT_ID: optional,
    OIDC_CLIENT_SECRET: optional,
    OIDC_NAME: optional,
    /** Name of a header that a proxy in front of the portal sets, and clients cannot, to the caller's address. */
    SPILLWAY_ADDRESS_HEADER: optional,
  })
  .refine((env) => !env.OIDC_ISSUER || (env.OIDC_CLIENT_ID && env.OIDC_CLIENT_SECRET), {
    path: ['OIDC_CLIENT_ID'],
    error: 'OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET beside it',
  });
export type PortalEnv = z.infer<typeof portalSchema>;

let portal: PortalEnv | undefined;

/** The portal's environment, validated once. Throws `precondition_failed` naming the variables, never their values. */
export function portalEnv(): PortalEnv {
  portal ??= read(portalSchema);
  return portal;
}

/** Where the catalog is. Server only, like everything here: it holds a password. */
export function catalogUrl(): string {
  return read(catalogSchema).DATABASE_URL;
}

function read<S extends z.ZodType>(schema: S): z.infer<S> {
  const parsed = schema.safeParse(process.env);
  if (parsed.success) return parsed.data;
  const named = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new SpillwayError('precondition_failed', `the environment is incomplete: ${named.join('; ')}`);
}
