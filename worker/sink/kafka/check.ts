import type { CheckStep } from '@/core/dto/inspection';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { withDeadline } from '@/worker/network/deadline';
import { openErrorOf } from './error-class';
import type { OpenSession, TopicFacts, TopicSettings } from './kafka-port';
import { createCommand, differenceOf, wordsOf } from './topics';

export interface KafkaCheck {
  readonly makeSession: OpenSession;
  /** Null when it is made of the row. */
  readonly topic: string | null;
  readonly asked: TopicSettings;
  readonly what: string;
  readonly config: SinkTargetConfigOf<'Kafka'>;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 12_000;

/** Connects, signs in, gets a producer id and looks for the topic, in a session of its own. Creates nothing. */
export async function checkKafka({ makeSession, topic, asked, what, config, signal }: KafkaCheck): Promise<CheckStep[]> {
  // Not transactional: that would fence the stream itself.
  const session = makeSession(false);
  const security = `${config.tls ? (config.clientCertificate ? 'TLS with a client certificate' : 'TLS') : 'no TLS'}, ${signIn(config)}`;
  try {
    await withDeadline(signal, TIMEOUT_MS, () => session.open());
    const facts = topic === null ? null : await withDeadline(signal, TIMEOUT_MS, () => session.topic(topic));
    return [
      { name: 'Connection', status: 'ok', finding: `${what} answers (${security}) and accepts an idempotent producer.` },
      topic === null ? OF_ROWS : topicStep(topic, facts, asked),
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

const OF_ROWS: CheckStep = {
  name: 'Topic',
  status: 'skipped',
  finding: 'The topic is made of each row: what exists is seen with the first row of each.',
};

function topicStep(topic: string, facts: TopicFacts | null, asked: TopicSettings): CheckStep {
  if (!facts)
    return {
      name: 'Topic',
      status: 'warning',
      finding: `${topic} does not exist. It is created ${wordsOf(asked)} when the stream starts, if this user may do so.`,
      remedy: createCommand(topic, asked),
    };
  const difference = differenceOf(topic, facts, asked);
  if (difference) return { name: 'Topic', status: 'failed', finding: difference.message, remedy: difference.remedy };
  const { partitions } = facts;
  return { name: 'Topic', status: 'ok', finding: `${topic} has ${partitions} ${partitions === 1 ? 'partition' : 'partitions'}.` };
}

function signIn({ sasl }: SinkTargetConfigOf<'Kafka'>): string {
  if (!sasl) return 'no sign-in';
  switch (sasl.mechanism) {
    case 'oauthbearer':
      return `signed in as OAuth client ${sasl.clientId}`;
    case 'aws-msk-iam':
      return `signed in by IAM in ${sasl.region}`;
    default:
      return `signed in as ${sasl.username}`;
  }
}
