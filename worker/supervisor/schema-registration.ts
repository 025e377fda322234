import { SpillwayError } from '@/core/errors';
import { usesRegistry } from '@/core/spec/sink/kafka-format';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';
import manifest from '@/package.json';
import { stagedFlow } from '@/worker/flow/filter/staged-flow';
import type { OutboundEvent } from '@/worker/flow/flow';
import { createFlow } from '@/worker/flow/registry';
import { withColumns } from '@/worker/flow/with-columns';
import { withSchemas } from '@/worker/flow/with-schemas';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { createSink } from '@/worker/sink/registry';
import { messageChange } from '@/worker/source/message-change';
import { serverFacts } from '@/worker/source/postgres/server-facts';
import { tableRefOf } from '@/worker/source/postgres/table-relation';
import { sampleRows } from '@/worker/source/postgres/tables';
import type { Change } from '@/worker/source/source';
import { transactionChange } from '@/worker/source/transaction-change';
import type { Catalog } from './catalog/catalog';
import { isRegistered, recordRegistered } from './catalog/schema-registrations';
import { sinkTargetByName } from './catalog/sink-targets';
import { sourceByName } from './catalog/sources';
import type { StreamRow } from './catalog/streams';
import { openSinkSecret, openSource } from './connections';
import { sampleChange } from './inspections/sample-change';

const LIMIT_MS = 60_000;

export interface RegistrationContext {
  readonly catalog: Catalog;
  readonly privateKey: string;
}

/**
 * Registers the schemas of what a stream sends, once for each decision of people: when an admin has approved it, when it was revised, when
 * a restart was asked for. Nothing to do for a format without registry. Gives the subjects, null when there was nothing to do. Throws
 * SpillwayError: the registry's refusal, with its words, is sink_misconfigured, and nothing was made.
 */
export async function registerSchemas({ catalog, privateKey }: RegistrationContext, stream: StreamRow): Promise<readonly string[] | null> {
  if (!stream.revision) return null;
  const spec = streamSpec.parse(stream.revision.spec);
  if (spec.sink.type !== 'Kafka' || !usesRegistry(spec.sink.format)) return null;
  const decision = { streamId: stream.id, revisionId: stream.revision.id, restartNonce: stream.restartNonce };
  if (await isRegistered(catalog.query, decision)) return null;
  const target = await sinkTargetByName(catalog.query, spec.sink.target);
  if (!target) throw new SpillwayError('sink_misconfigured', `sink target "${spec.sink.target}" is not registered any more`);
  const source = await sourceByName(catalog.query, spec.source.database);
  if (!source) throw new SpillwayError('source_not_ready', `source database "${spec.source.database}" is not registered any more`);
  const sink = await createSink(spec.sink, target.config, openSinkSecret(target, privateKey), {
    streamId: stream.id,
    streamName: stream.name,
    epoch: 0,
    catalogUrl: catalog.url,
  });
  try {
    const subjects: string[] = [];
    const signal = AbortSignal.timeout(LIMIT_MS);
    for (const event of await eventsOf(spec, openSource(source, privateKey), sink.columns ?? [])) {
      subjects.push(...((await sink.schemas?.register(event, signal)) ?? []));
    }
    await recordRegistered(catalog.query, decision, [...new Set(subjects)]);
    return subjects;
  } finally {
    await sink.close().catch(() => undefined);
  }
}

/** One event of each shape that the stream sends: of a row, and of messages and transactions where it asks for them. */
async function eventsOf(spec: StreamSpec, source: SourceConnection, columns: readonly string[]): Promise<readonly OutboundEvent[]> {
  const { relation } = await sampleRows({ source, table: tableRefOf({ ...spec.source, rowFilter: undefined }), limit: 1 });
  const facts = await serverFacts(source);
  const nowUs = BigInt(Date.now()) * 1000n;
  // No row is needed for its shape, and an empty table has one, too.
  const row = sampleChange(
    'c',
    relation,
    relation.columns.map(() => null),
    0,
    facts,
    nowUs,
  );
  const changes: Change[] = [row];
  const { transaction } = row;
  if (spec.source.messagePrefixes)
    changes.push(messageChange({ transaction, systemId: facts.systemIdentifier, prefix: '', content: Buffer.alloc(0), lsn: row.lsn }));
  if (spec.flow.type === 'DebeziumEnvelope' && spec.flow.transactionMetadata && transaction)
    changes.push(transactionChange(facts.systemIdentifier, transaction, 'begin', null));
  const plain = createFlow(spec.flow, {
    logicalName: spec.applicationId,
    database: source.database,
    tombstones: false,
    spillwayVersion: manifest.version,
  });
  const flow = await stagedFlow(withColumns(withSchemas(plain, spec.flow, spec.applicationId), columns), { transform: spec.transform });
  return changes.flatMap((change) => {
    const result = flow.transform(change, nowUs);
    return result.kind === 'events' ? result.events.slice(0, 1) : [];
  });
}
