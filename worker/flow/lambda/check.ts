import type { CheckStep } from '@/core/dto/inspection';
import type { SinkTargetConfigOf } from '@/core/spec/sink-target';
import { withDeadline } from '@/worker/network/deadline';
import { isMissing, isNotAllowed, openErrorOf } from './error-class';
import { lambdaSessions } from './session-on';

const TIMEOUT_MS = 15_000;
/** Nobody has a function of this name: that it is missing, or not ours to invoke, is said only after the signature was accepted. */
const PROBE = 'spillway-connection-test';

/** Tests a target of type AwsLambda: address, connection and credentials. Runs no function. */
export async function checkLambdaTarget(
  config: SinkTargetConfigOf<'AwsLambda'>,
  secret: string | null,
  signal: AbortSignal,
): Promise<CheckStep[]> {
  const place = config.endpoint ?? `Lambda in ${config.region}`;
  const as = config.credentials.type === 'static' ? `access key ${config.credentials.accessKeyId}` : 'the role of the worker’s machine';
  const session = await lambdaSessions(config, secret)();
  try {
    const error = await withDeadline(signal, TIMEOUT_MS, (inner) => session.dryRun(PROBE, inner)).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (signal.aborted) throw signal.reason;
    if (error !== null && !isMissing(error) && !isNotAllowed(error)) {
      const { message, detail } = openErrorOf(error, place);
      const remedy = detail.remedy ?? 'Check region, endpoint, access key and its secret, and the firewalls between.';
      return [{ name: 'Connection', status: 'failed', finding: message, remedy }];
    }
    return [
      { name: 'Connection', status: 'ok', finding: `${place} answers and accepts ${as}.` },
      encryption(config),
      { name: 'Functions', status: 'skipped', finding: 'Which functions may be invoked is checked with the stream that names one.' },
    ];
  } finally {
    session.close();
  }
}

function encryption({ endpoint }: SinkTargetConfigOf<'AwsLambda'>): CheckStep {
  if (!endpoint?.startsWith('http:')) return { name: 'Encryption', status: 'ok', finding: 'Events travel over TLS.' };
  return { name: 'Encryption', status: 'warning', finding: 'Events travel unencrypted over http.', remedy: 'Use an https endpoint.' };
}
