import type { CheckStep } from '@/core/dto/inspection';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { withDeadline } from '@/worker/network/deadline';
import { isMissingQueue, openErrorOf } from './error-class';
import type { OpenSqs } from './sqs-port';

export interface SqsCheck {
  readonly makeSession: OpenSqs;
  readonly queue: string;
  readonly config: SinkTargetConfigOf<'Sqs'>;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 15_000;

/** Asks for the queue in a session of its own: that alone needs an address, a connection and credentials. Sends no message. */
export async function checkSqs({ makeSession, queue, config, signal }: SqsCheck): Promise<CheckStep[]> {
  const place = config.endpoint ?? `SQS in ${config.region}`;
  const as = config.credentials.type === 'static' ? `access key ${config.credentials.accessKeyId}` : 'the role of the worker’s machine';
  const answers: CheckStep = { name: 'Connection', status: 'ok', finding: `${place} answers and accepts ${as}.` };
  const session = await makeSession();
  try {
    const { maxMessageBytes, waiting } = await withDeadline(signal, TIMEOUT_MS, (inner) => session.queue(queue, inner));
    const takes = maxMessageBytes === null ? 'it does not tell its largest message' : `it takes messages of ${maxMessageBytes} bytes`;
    return [
      answers,
      encryption(config),
      { name: 'Queue', status: 'ok', finding: `${queue}: ${takes}${waiting === null ? '' : `, about ${waiting} wait in it`}.` },
      { name: 'Delivery', status: 'skipped', finding: 'No message was sent. The first event shows whether sending is allowed.' },
    ];
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { kind, message, detail } = openErrorOf(error, queue);
    const { remedy } = detail;
    if (isMissingQueue(error))
      return [answers, encryption(config), { name: 'Queue', status: 'failed', finding: message, remedy: remedy ?? '' }];
    const otherwise =
      kind === 'sink_auth_failed'
        ? 'Check the access key, its secret, and that it is allowed sqs:GetQueueUrl, sqs:GetQueueAttributes and sqs:SendMessage.'
        : 'Check region, endpoint and the firewalls between.';
    return [{ name: 'Connection', status: 'failed', finding: message, remedy: remedy ?? otherwise }];
  } finally {
    session.close();
  }
}

function encryption({ endpoint }: SinkTargetConfigOf<'Sqs'>): CheckStep {
  if (!endpoint?.startsWith('http:')) return { name: 'Encryption', status: 'ok', finding: 'Messages travel over TLS.' };
  return { name: 'Encryption', status: 'warning', finding: 'Messages travel unencrypted over http.', remedy: 'Use an https endpoint.' };
}
