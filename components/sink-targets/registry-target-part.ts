import { registrySecretBlock, type SchemaRegistrySpec } from '@/core/spec/sink/kafka-registry';

/** The schema registry of a Kafka target as its form holds it; an empty URL = none. */
export interface RegistryTargetForm {
  readonly registryUrl: string;
  readonly registryAuth: SchemaRegistrySpec['auth']['type'];
  readonly registryUser: string;
  /** A part of the target's one secret. */
  readonly registrySecret: string;
  readonly registryPrivate: boolean;
}

export const EMPTY_REGISTRY_TARGET: RegistryTargetForm = {
  registryUrl: '',
  registryAuth: 'none',
  registryUser: '',
  registrySecret: '',
  registryPrivate: false,
};

export function formOfRegistry(registry: SchemaRegistrySpec | undefined): RegistryTargetForm {
  if (!registry) return EMPTY_REGISTRY_TARGET;
  const { url, auth, allowPrivateNetwork } = registry;
  return {
    registryUrl: url,
    registryAuth: auth.type,
    registryUser: auth.type === 'basic' ? auth.username : '',
    registrySecret: '',
    registryPrivate: allowPrivateNetwork,
  };
}

/** The registry as typed, valid or not; null without one. */
export function registryOf(form: RegistryTargetForm): Record<string, unknown> | null {
  const url = form.registryUrl.trim();
  if (url === '') return null;
  const { registryAuth: type, registryPrivate: allowPrivateNetwork } = form;
  return { url, auth: type === 'basic' ? { type, username: form.registryUser.trim() } : { type }, allowPrivateNetwork };
}

/** Its part of the secret; empty where none is typed, or none is used. */
export function registrySecretOf(form: RegistryTargetForm): string {
  return form.registryUrl.trim() && form.registryAuth !== 'none' && form.registrySecret ? registrySecretBlock(form.registrySecret) : '';
}
