import type { Client } from 'pg';
import type { CheckStep } from '@/core/dto/inspection';
import { SpillwayError } from '@/core/errors';
import type { SourceSpec } from '@/core/spec/source';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { connectSource, endQuietly } from './connection';
import { roleChecks } from './preflight-role';
import { serverChecks } from './preflight-server';
import { tableChecks } from './preflight-table';
import { readServerFacts } from './server-facts';
import { toSourceError } from './source-error';

export interface PreflightOptions {
  readonly source: SourceConnection;
  /** Without a spec only the server and the role are looked at. */
  readonly spec?: SourceSpec;
  /** Of the stream, whose publication and slot of that name may exist already. */
  readonly publicationName?: string;
}

/**
 * Everything that has to be right before a slot is made, as steps: connection, TLS, server, role, and the spec's table. Each step that
 * is not ok carries the SQL or the setting that mends it. A server that cannot be reached is a failed step, not an error.
 */
export async function preflight(options: PreflightOptions): Promise<CheckStep[]> {
  let client: Client;
  try {
    client = await connectSource(options.source, { applicationName: 'spillway', readOnly: true, statementTimeoutMs: 15_000 });
  } catch (thrown) {
    const error = thrown instanceof SpillwayError ? thrown : toSourceError(thrown);
    return [{ name: 'Connection', status: 'failed', finding: error.message, remedy: connectionRemedy(error, options.source) }];
  }
  try {
    const steps: CheckStep[] = [
      { name: 'Connection', status: 'ok', finding: `Connected to ${options.source.host}:${options.source.port}.` },
    ];
    const facts = await readServerFacts(client);
    steps.push(...(await serverChecks(client, facts, options)));
    steps.push(...(await roleChecks(client, options.source)));
    if (options.spec) steps.push(...(await tableChecks(client, facts.versionNum, options.spec, options.publicationName ?? null)));
    return steps;
  } catch (thrown) {
    throw toSourceError(thrown, 'The preflight could not be finished');
  } finally {
    await endQuietly(client);
  }
}

function connectionRemedy(error: SpillwayError, source: SourceConnection): string {
  if (error.kind === 'source_auth_failed')
    return `Check the password of role ${source.username} and that pg_hba.conf lets it in from the worker's address.`;
  if (/certificate|self-signed|altnames/i.test(error.message))
    return 'Give the CA certificate that signed the server’s certificate, and the host name it is made out to.';
  if (/does not support SSL/i.test(error.message))
    return 'Set ssl = on with a certificate on the server, or choose TLS mode disable for a private network.';
  return 'Check host, port and firewall: the worker has to reach the server.';
}
