import type { SchemaRegistry } from './schema-registry';

/** New readers read everything that is in a topic. */
const LEVEL = 'BACKWARD_TRANSITIVE';

/** Gives a subject that has no compatibility level of its own the one that a reader from the beginning needs. */
export async function protect(registry: SchemaRegistry, subject: string, signal: AbortSignal): Promise<void> {
  if ((await registry.compatibility(subject, signal)) === null) await registry.setCompatibility(subject, LEVEL, signal);
}
