import type { CheckStep } from '@/core/dto/inspection';
import { withDeadline } from '@/worker/network/deadline';
import { openErrorOf, readEventType } from './event-type';
import type { NakadiApi } from './nakadi-api';

const TIMEOUT_MS = 15_000;

/** Signs in and reads the event type. Publishes nothing. */
export async function checkNakadi(api: NakadiApi, eventType: string, url: URL, flowId: string, signal: AbortSignal): Promise<CheckStep[]> {
  const answers: CheckStep = { name: 'Connection', status: 'ok', finding: `${url.host} answers and accepts the token.` };
  const encryption: CheckStep =
    url.protocol === 'https:'
      ? { name: 'Encryption', status: 'ok', finding: `The certificate is valid for ${url.hostname}.` }
      : {
          name: 'Encryption',
          status: 'warning',
          finding: 'Events and the token travel unencrypted over http.',
          remedy: 'Use an https URL.',
        };
  try {
    const { category, compacted } = await withDeadline(signal, TIMEOUT_MS, (inner) =>
      readEventType(api, eventType, flowId, url.host, inner),
    );
    const what = `${eventType} has category ${category}${compacted ? ' and is compacted by key' : ''}.`;
    return [
      answers,
      encryption,
      { name: 'Event type', status: 'ok', finding: what },
      { name: 'Delivery', status: 'skipped', finding: 'No event was published. The first one shows whether its schema fits.' },
    ];
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { kind, message, detail } = openErrorOf(error, url.host);
    const remedy = detail.remedy ?? (kind === 'sink_auth_failed' ? 'Renew the credentials.' : 'Check the URL and the firewalls between.');
    if (kind === 'sink_misconfigured' && message.includes(eventType)) {
      return [answers, encryption, { name: 'Event type', status: 'failed', finding: message, remedy }];
    }
    return [{ name: 'Connection', status: 'failed', finding: message, remedy }];
  }
}
