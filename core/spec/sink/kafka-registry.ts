import * as z from 'zod';

/** A schema registry that speaks Confluent's REST API. Its secret is typed beside it: the password, or the token. */
export const schemaRegistry = z.strictObject({
  /** Up to where `/subjects` begins, as in https://registry:8081 or https://apicurio/apis/ccompat/v7. */
  url: z.url({ protocol: /^https?$/, error: 'give an absolute http or https URL' }).max(2000),
  auth: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('none') }),
      z.strictObject({ type: z.literal('basic'), username: z.string().min(1).max(500) }),
      z.strictObject({ type: z.literal('token') }),
    ])
    .default({ type: 'none' }),
  /** Private and loopback addresses are refused unless an admin says so here. */
  allowPrivateNetwork: z.boolean().default(false),
});
export type SchemaRegistrySpec = z.infer<typeof schemaRegistry>;

const BEGIN = '-----BEGIN SCHEMA REGISTRY SECRET-----';
const END = '-----END SCHEMA REGISTRY SECRET-----';

/** The registry's secret as a block of the target's one secret. */
export function registrySecretBlock(secret: string): string {
  return `${BEGIN}\n${secret}\n${END}`;
}

/** The registry's secret, and what is left of the target's secret without it. */
export function splitRegistrySecret(secret: string | null): { readonly registry: string | null; readonly rest: string | null } {
  const from = secret?.indexOf(BEGIN) ?? -1;
  const to = secret?.indexOf(END) ?? -1;
  if (secret === null || from < 0 || to < from) return { registry: null, rest: secret };
  const rest = `${secret.slice(0, from).replace(/\r?\n$/, '')}${secret.slice(to + END.length)}`;
  const registry = secret.slice(from + BEGIN.length, to).replace(/^\r?\n|\r?\n$/g, '');
  return { registry, rest: rest === '' ? null : rest };
}
