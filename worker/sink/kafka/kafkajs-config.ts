import { type KafkaConfig, logLevel } from 'kafkajs';
import type { Credentials } from './credentials';

export interface SessionSettings extends Credentials {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Set = what is sent is sent in transactions of this id. */
  readonly transactionalId?: string;
}

export const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, factor: 0.2, multiplier: 2 };

/** How every client of ours connects. */
export function kafkaConfig(settings: SessionSettings, socketFactory: KafkaConfig['socketFactory']): KafkaConfig {
  return {
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    ssl: settings.ssl,
    ...(settings.sasl ? { sasl: settings.sasl } : {}),
    socketFactory,
    connectionTimeout: 5_000,
    authenticationTimeout: 10_000,
    requestTimeout: 20_000,
    // A transactional id is taken over only after the coordinator has ended what its predecessor began.
    retry: { ...RETRY, retries: settings.transactionalId ? 8 : 2 },
    // What fails comes back as an error; kafkajs' own lines would repeat it with stack traces.
    logLevel: logLevel.NOTHING,
    logCreator: () => () => undefined,
  };
}
