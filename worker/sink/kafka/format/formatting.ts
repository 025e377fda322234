import type { CheckStep } from '@/core/dto/inspection';
import { SpillwayError } from '@/core/errors';
import type { KafkaSinkSpec } from '@/core/spec/sink/kafka';
import { splitRegistrySecret } from '@/core/spec/sink/kafka-registry';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import type { OutboundEvent } from '@/worker/flow/flow';
import type { DeliveryError } from '../../sink';
import type { KafkaRecord } from '../kafka-port';
import { checkRegistry } from './check-registry';
import { DoesNotFit } from './fit';
import { RecordEncoder, withoutSchemas } from './record-encoder';
import { registerSchemas } from './register-schemas';
import { SchemaNotRegistered } from './schema-ids';
import { openRegistry, RegistryError } from './schema-registry';

/** The part of a Kafka sink that knows formats and their registry; loaded by streams that have one. */
export interface Formatting {
  /** The records in the sink's format, or why none of them may be sent now. Rejects on abort. */
  encode(records: readonly KafkaRecord[], events: readonly OutboundEvent[], signal: AbortSignal): Promise<KafkaRecord[] | DeliveryError>;
  /** As SinkSchemas.register, of an event that goes to this topic. */
  register(topic: string, like: OutboundEvent, signal: AbortSignal): Promise<readonly string[]>;
  /** Asks the registry what it is; null when there is none. */
  check(signal: AbortSignal): Promise<CheckStep | null>;
  close(): Promise<void>;
}

export function openFormatting(spec: KafkaSinkSpec, config: SinkTargetConfigOf<'Kafka'>, secret: string | null): Formatting {
  const registry = config.registry ? openRegistry(config.registry, splitRegistrySecret(secret).registry) : null;
  const encoder = new RecordEncoder(spec, registry);
  return {
    async encode(records, events, signal) {
      try {
        return await encoder.encode(records, events, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        return deliveryErrorOf(error, records.length);
      }
    },
    async register(topic, like, signal) {
      if (!like.schemas) throw withoutSchemas(spec);
      return registry ? registerSchemas(registry, spec, topic, like.schemas, signal) : [];
    },
    check: async (signal) => (config.registry && registry ? checkRegistry(registry, config.registry, spec.format, signal) : null),
    close: async () => registry?.close(),
  };
}

/** Only a value that its schema cannot hold is the event's fault; everything else waits for the registry or for a person. */
function deliveryErrorOf(error: unknown, batchSize: number): DeliveryError {
  if (error instanceof DoesNotFit) {
    return { errorClass: 'poison', message: `${error.message}. ${error.remedy}`, ...(batchSize > 1 ? { wholeBatch: true } : {}) };
  }
  if (error instanceof RegistryError) return { errorClass: error.errorClass, message: `${error.message} ${error.remedy}` };
  if (error instanceof SchemaNotRegistered) return { errorClass: 'auth', message: `${error.message} ${error.remedy}` };
  if (error instanceof SpillwayError) return { errorClass: 'auth', message: `${error.message}. ${error.detail.remedy ?? ''}`.trim() };
  throw error;
}
