import type { CheckStep } from '@/core/dto/inspection';
import { SpillwayError } from '@/core/errors';
import { slotNameFor } from '@/core/postgres/identifiers';
import { deliversRows } from '@/core/spec/snapshot-mode';
import type { SourceSpec } from '@/core/spec/source';
import { streamSpec } from '@/core/spec/stream-spec';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { ensurePublication } from '@/worker/source/postgres/publication';
import { type DropProof, dropSlotAndPublication } from '@/worker/source/postgres/slot-drop';
import type { Log } from '@/worker/telemetry/log';
import type { Catalog } from './catalog/catalog';
import { countOtherProvisions, recordDropped, setProvisionStatus, writeIntent } from './catalog/provisions';
import { type SourceRow, sourceById, sourceByName } from './catalog/sources';
import type { ProvisionRow, StreamRow } from './catalog/streams';
import { openSource } from './connections';
import { registerSchemas } from './schema-registration';

export interface ProvisionerDeps {
  readonly catalog: Catalog;
  readonly privateKey: string;
  readonly log: Log;
  /** Checks server and table for this source part. */
  readonly preflight: (source: SourceConnection, spec: SourceSpec, publicationName: string) => Promise<readonly CheckStep[]>;
}

/**
 * Makes and removes what a stream needs on its source server. The catalog is told first, so that a crash at any point is
 * recognised and everything can be repeated. The slot itself is made by the pipeline, which reads through its snapshot.
 */
export class Provisioner {
  constructor(private readonly deps: ProvisionerDeps) {}

  /**
   * Intent, preflight, schemas, publication, ready. What was made for an earlier source part is dropped first. Throws `source_not_ready`
   * with the failing steps, and whatever the source throws.
   */
  async provision(stream: StreamRow): Promise<void> {
    const { revision } = stream;
    if (!revision || stream.approvedBudgetBytes === null) throw new SpillwayError('internal', 'only an approved revision is provisioned');
    const { query } = this.deps.catalog;
    if (stream.provision && stream.provision.status !== 'dropped' && isStale(stream.provision, revision.sourceHash)) {
      await this.#drop(stream, stream.provision);
    }
    const spec = streamSpec.parse(revision.spec);
    const row = await sourceByName(query, spec.source.database);
    if (!row) throw new SpillwayError('source_not_ready', `source database "${spec.source.database}" is not registered any more`);
    await this.#checkLimit(stream, row);
    const slotName = slotNameFor(stream.name, stream.id);
    await writeIntent(query, {
      streamId: stream.id,
      sourceId: row.id,
      slotName,
      publicationName: slotName,
      sourceHash: revision.sourceHash,
      walBudgetBytes: stream.approvedBudgetBytes,
      snapshotState: deliversRows(spec.source.snapshot) ? 'pending' : 'none',
    });
    const source = openSource(row, this.deps.privateKey);
    requirePassed(await this.deps.preflight(source, spec.source, slotName));
    // Before anything is made on the source: a registry that refuses leaves nothing behind.
    await registerSchemas(this.deps, stream);
    await setProvisionStatus(query, stream.id, 'publication');
    const ensured = await ensurePublication({ source, publicationName: slotName, spec: spec.source });
    await setProvisionStatus(query, stream.id, 'ready');
    this.deps.log.info({ stream: stream.name, publication: slotName, outcome: ensured.outcome }, 'publication ready');
  }

  /** Drops slot and publication and keeps the server's own word for it. Gives the sentence for the timeline. */
  async retire(stream: StreamRow): Promise<string> {
    const { provision } = stream;
    if (!provision) return 'retired: it never had a slot';
    if (provision.status !== 'dropped') await this.#drop(stream, provision);
    const why = stream.rowsDelivered ? 'snapshot delivered' : 'retired';
    return `${why}: the server's catalog shows no slot, publication or walsender named ${provision.slotName}`;
  }

  async #drop(stream: StreamRow, provision: ProvisionRow): Promise<void> {
    const { query } = this.deps.catalog;
    const row = await sourceById(query, provision.sourceId);
    if (!row) throw new SpillwayError('source_not_ready', 'the source database of this slot is not registered any more');
    await setProvisionStatus(query, stream.id, 'dropping');
    const left = await dropSlotAndPublication({
      source: openSource(row, this.deps.privateKey),
      streamId: stream.id,
      slotName: provision.slotName,
      publicationName: provision.publicationName,
    });
    requireGone(left, provision.slotName);
    await recordDropped(query, stream.id, { checkedAt: new Date().toISOString(), ...left });
    this.deps.log.info({ stream: stream.name, slot: provision.slotName, ...left }, 'slot and publication dropped');
  }

  async #checkLimit(stream: StreamRow, source: SourceRow): Promise<void> {
    const others = await countOtherProvisions(this.deps.catalog.query, source.id, stream.id);
    if (others < source.slotLimit) return;
    throw new SpillwayError(
      'source_not_ready',
      `Spillway already holds ${others} of the ${source.slotLimit} slots allowed on ${source.name}`,
      {
        remedy: 'Retire a stream of this source, or raise its slot limit; then restart this stream.',
      },
    );
  }
}

/** Made for another source part, or on its way out. */
function isStale(provision: ProvisionRow, sourceHash: string): boolean {
  return provision.sourceHash !== sourceHash || provision.status === 'dropping';
}

function requirePassed(steps: readonly CheckStep[]): void {
  const failed = steps.filter((step) => step.status === 'failed');
  if (failed.length === 0) return;
  const remedies = failed.flatMap((step) => (step.remedy ? [step.remedy] : []));
  throw new SpillwayError('source_not_ready', `preflight: ${failed.map((step) => `${step.name}: ${step.finding}`).join('; ')}`, {
    steps: failed,
    ...(remedies.length > 0 ? { remedy: remedies.join('\n') } : {}),
  });
}

function requireGone(left: DropProof, slotName: string): void {
  if (left.slots + left.publications + left.walsenders === 0) return;
  throw new SpillwayError(
    'slot_in_use',
    `after the drop of ${slotName} the server still shows ${left.slots} slot, ${left.publications} publication, ${left.walsenders} walsender`,
  );
}
