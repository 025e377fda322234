import { messageOf, SpillwayError } from '@/core/errors';
import { conversionTargets } from '@/core/spec/conversion';
import { copySinkOf, type RecoverySpec } from '@/core/spec/recovery';
import { targetTypeOf } from '@/core/spec/sink-target';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';
import type { ConversionTarget } from '@/worker/flow/conversion';
import { type Assignment, DEFAULT_LIMITS, type LedgerTotals, type LetterSink } from '@/worker/pipeline/assignment';
import type { SpillLimits } from '@/worker/pipeline/spill-room';
import type { Catalog } from './catalog/catalog';
import { sinkTargetByName } from './catalog/sink-targets';
import { sourceById } from './catalog/sources';
import { readTotals } from './catalog/statuses';
import type { StreamRow } from './catalog/streams';
import { openSinkSecret, openSource } from './connections';

export interface AssignmentContext {
  readonly catalog: Catalog;
  readonly workerId: string;
  readonly privateKey: string;
  /** Absent = the defaults. */
  readonly spillLimits?: SpillLimits | undefined;
}

/**
 * All that a pipeline has to know, secrets opened. Throws `sink_misconfigured` or `source_not_ready` when what the spec names
 * is gone, `secret_unreadable` when a secret was sealed for another key.
 */
export async function buildAssignment(
  { catalog, workerId, privateKey, spillLimits }: AssignmentContext,
  stream: StreamRow,
  epoch: number,
  knownTotals: LedgerTotals | null,
): Promise<Assignment> {
  const { revision, provision } = stream;
  if (!revision || !provision) throw new SpillwayError('internal', 'a stream without revision or provision cannot be started');
  const spec = streamSpec.parse(revision.spec);
  const source = await sourceById(catalog.query, provision.sourceId);
  if (!source) throw new SpillwayError('source_not_ready', `source database "${spec.source.database}" is not registered any more`);
  const target = await sinkTargetByName(catalog.query, spec.sink.target);
  if (!target) throw new SpillwayError('sink_misconfigured', `sink target "${spec.sink.target}" is not registered any more`);
  const wanted = targetTypeOf(spec.sink.type);
  if (target.config.type !== wanted) {
    throw new SpillwayError(
      'sink_misconfigured',
      `sink target "${target.name}" is of type ${target.config.type}, the stream wants ${wanted}`,
    );
  }
  return {
    streamId: stream.id,
    streamName: stream.name,
    revisionId: revision.id,
    revisionNumber: revision.number,
    spec,
    workerId,
    epoch,
    source: openSource(source, privateKey),
    sinkConfig: target.config,
    sinkSecret: openSinkSecret(target, privateKey),
    letterSink: await letterSinkOf(spec.recovery, catalog, privateKey),
    conversionTargets: await openConversionTargets(spec.conversions, catalog, privateKey),
    catalogUrl: catalog.url,
    slotName: provision.slotName,
    publicationName: provision.publicationName,
    systemIdentifier: provision.systemIdentifier,
    consistentPoint: provision.consistentPoint,
    slotEpoch: provision.slotEpoch ?? null,
    timeline: provision.timeline ?? null,
    snapshotState: provision.snapshotState,
    promisedLsn: provision.promisedLsn,
    walBudgetBytes: provision.walBudgetBytes,
    ...(spillLimits ? { spillLimits } : {}),
    totals: knownTotals ?? (await readTotals(catalog.query, stream.id)),
    limits: DEFAULT_LIMITS,
  };
}

/** The targets that a chain names, by name, secrets opened. Throws `sink_misconfigured` when one is gone. */
export async function openConversionTargets(
  conversions: StreamSpec['conversions'],
  catalog: Catalog,
  privateKey: string,
): Promise<Record<string, ConversionTarget>> {
  const named = [...new Set(conversionTargets(conversions))];
  const opened = named.map(async (name): Promise<[string, ConversionTarget]> => {
    const target = await sinkTargetByName(catalog.query, name);
    if (!target) throw new SpillwayError('sink_misconfigured', `sink target "${name}" is not registered any more`);
    return [name, { config: target.config, secret: openSinkSecret(target, privateKey) }];
  });
  return Object.fromEntries(await Promise.all(opened));
}

/** A target that is gone or cannot be opened is told by the pipeline: copies wait, the stream runs. */
async function letterSinkOf(recovery: RecoverySpec, catalog: Catalog, privateKey: string): Promise<LetterSink | null> {
  const named = copySinkOf(recovery);
  if (!named) return null;
  const target = await sinkTargetByName(catalog.query, named.target);
  if (!target) return { problem: `sink target "${named.target}" is not registered any more` };
  const wanted = targetTypeOf(named.type);
  if (target.config.type !== wanted)
    return { problem: `sink target "${target.name}" is of type ${target.config.type}, the recovery wants ${wanted}` };
  try {
    return { config: target.config, secret: openSinkSecret(target, privateKey) };
  } catch (thrown) {
    return { problem: messageOf(thrown) };
  }
}
