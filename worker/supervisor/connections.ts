import type { SourceConnection } from '@/worker/pipeline/assignment';
import { openSecret } from '@/worker/secrets/open-secret';
import type { SinkTargetRow } from './catalog/sink-targets';
import type { SourceRow } from './catalog/sources';

/** Opens the sealed password of a registered source. Throws `secret_unreadable`. The result is never logged or stored. */
export function openSource(source: SourceRow, privateKey: string): SourceConnection {
  const { host, port, database, username, tlsMode, caCertificate, standbys, patroniUrl } = source;
  const password = openSecret(source.sealedSecret, privateKey, { kind: 'source', id: source.id, version: source.secretVersion });
  return {
    ...{ host, port, database, username, password, tlsMode, standbys },
    ...(caCertificate ? { caCertificate } : {}),
    ...(patroniUrl ? { patroniUrl } : {}),
  };
}

/** Opens the sealed secret of a sink target; null when it has none. Throws `secret_unreadable`. */
export function openSinkSecret(target: SinkTargetRow, privateKey: string): string | null {
  if (target.sealedSecret === null) return null;
  return openSecret(target.sealedSecret, privateKey, { kind: 'sink-target', id: target.id, version: target.secretVersion });
}
