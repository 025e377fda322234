import type { SchemaRegistrySpec } from '@/core/spec/sink/kafka-registry';

/** How the registry is signed in to, for the target's page. */
export function registryWords(registry: SchemaRegistrySpec): string {
  const { auth, url } = registry;
  const who = auth.type === 'none' ? 'no sign-in' : auth.type === 'basic' ? `user ${auth.username}` : 'a token';
  return `${url}, ${who}`;
}
