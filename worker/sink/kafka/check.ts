import type { CheckStep } from '@/core/dto/inspection';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { withDeadline } from '../network/deadline';
import { openErrorOf } from './error-class';
import type { OpenSession } from './kafka-port';

export interface KafkaCheck {
  readonly makeSession: OpenSession;
  readonly topic: string;
  readonly what: string;
  readonly config: SinkTargetConfigOf<'Kafka'>;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 12_000;

/** Connects, signs in, gets a producer id and looks for the topic, in a session of its own. Creates nothing. */
export async function checkKafka({ makeSession, topic, what, config, signal }: KafkaCheck): Promise<CheckStep[]> {
  const session = makeSession();
  const security = `${config.tls ? 'TLS' : 'no TLS'}, ${config.sasl ? `signed in as ${config.sasl.username}` : 'no sign-in'}`;
  try {
    await withDeadline(signal, TIMEOUT_MS, () => session.open());
    const partitions = await withDeadline(signal, TIMEOUT_MS, () => session.partitionsOf(topic));
    return [
      { name: 'Connection', status: 'ok', finding: `${what} answers (${security}) and accepts an idempotent producer.` },
      topicStep(topic, partitions),
      {
        name: 'Delivery',
        status: 'skipped',
        finding: 'No record was written. The first event shows whether writing to the topic is allowed.',
      },
    ];
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const failure = openErrorOf(error, what);
    const remedy =
      failure.kind === 'sink_auth_failed'
        ? 'Check user, password, SASL mechanism and the ACLs of the user.'
        : 'Check the broker addresses, TLS, and that advertised.listeners names addresses that can be reached from here.';
    return [{ name: 'Connection', status: 'failed', finding: failure.message, remedy }];
  } finally {
    session.abandon();
  }
}

function topicStep(topic: string, partitions: number): CheckStep {
  if (partitions > 0)
    return { name: 'Topic', status: 'ok', finding: `${topic} has ${partitions} ${partitions === 1 ? 'partition' : 'partitions'}.` };
  return {
    name: 'Topic',
    status: 'warning',
    finding: `${topic} does not exist. It is created with the broker's defaults when the stream starts, if this user may do so.`,
    remedy: `kafka-topics.sh --create --topic ${topic} --partitions 6`,
  };
}
