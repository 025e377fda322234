import type { Client } from 'pg';
import { slotNameFor } from '@/core/postgres/identifiers';
import { type StreamSpecInput, streamSpec } from '@/core/spec/stream-spec';
import { ensurePublication } from '@/worker/source/postgres/publication';
import { setProvisionStatus, writeIntent } from '@/worker/supervisor/catalog/provisions';
import type { CatalogFixture } from '@/worker/supervisor/fixture';

/** Makes publication and slot of a stream and records them, as provisioner and pipeline leave them: what is measured is a start, not the making. */
export async function makeSlot(
  fixture: CatalogFixture,
  source: Client,
  sourceId: string,
  input: StreamSpecInput,
  streamId: string,
): Promise<void> {
  const spec = streamSpec.parse(input);
  const slotName = slotNameFor(spec.applicationId, streamId);
  const [revision] = await fixture.sql<{ source_hash: string }>('SELECT source_hash FROM stream_revision WHERE stream_id = $1', [streamId]);
  const budget = { walBudgetBytes: 1024 ** 3, snapshotState: 'none' } as const;
  const { query } = fixture.catalog;
  await writeIntent(query, { streamId, sourceId, slotName, publicationName: slotName, sourceHash: revision?.source_hash ?? '', ...budget });
  const { host, port, user = '', password = '', database = '' } = source;
  const at = { host, port, database, username: user, password: password ?? '', tlsMode: 'disable' } as const;
  await ensurePublication({ source: at, publicationName: slotName, spec: spec.source });
  const made = await source.query<{ lsn: string; system: string }>(
    `SELECT (pg_create_logical_replication_slot($1, 'pgoutput')).lsn::text AS lsn, (SELECT system_identifier::text FROM pg_control_system()) AS system`,
    [slotName],
  );
  await setProvisionStatus(query, streamId, 'ready');
  await fixture.sql(
    `UPDATE provision SET system_identifier = $2, consistent_point = $3, promised_lsn = $3, promised_at = now(), timeline = 1 WHERE stream_id = $1`,
    [streamId, made.rows[0]?.system, made.rows[0]?.lsn],
  );
}
