import { createHash } from 'node:crypto';
import { SQL_NULL, type Tx, toJson } from '@/core/catalog/client';
import { askAndAwait } from '@/core/catalog/inspections';
import type { Dossier } from '@/core/dto/inspection';
import type { PersonActor } from '@/core/policy/roles';
import { filterProblems, kafkaKeyProblems } from '@/core/spec/filter-check';
import { type SinkTargetType, targetTypeOf } from '@/core/spec/sink-target';
import { canonicalSourcePart } from '@/core/spec/source-part';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { invalid } from './verb-problems';

/** What an approval is bound to: sha256 of the canonical source part, hexadecimal. */
export function sourceHashOf(spec: StreamSpec): string {
  return createHash('sha256').update(canonicalSourcePart(spec.source)).digest('hex');
}

export interface NewRevision {
  readonly id: string;
  readonly number: number;
  readonly sourceHash: string;
}

/**
 * Appends a revision; the stream's row must be locked, which makes the number unique. Refuses expressions that do not compile. The manifest of an
 * imported stream goes from revision to revision; `manifest` is that of the draft that this one comes from.
 */
export async function addRevision(
  tx: Tx,
  actor: PersonActor,
  streamId: string,
  spec: StreamSpec,
  note: string | null,
  manifest: unknown = null,
): Promise<NewRevision> {
  const [problem] = [...(await filterProblems(spec.filter)), ...(await kafkaKeyProblems(spec.sink))];
  if (problem) throw invalid(problem.field, problem.value, problem.remedy);
  const last = await tx.streamRevision.findFirst({
    where: { streamId },
    orderBy: { number: 'desc' },
    select: { number: true, manifest: true },
  });
  const kept = manifest ?? last?.manifest;
  return tx.streamRevision.create({
    data: {
      streamId,
      number: (last?.number ?? 0) + 1,
      spec: toJson(spec),
      sourceHash: sourceHashOf(spec),
      createdById: actor.id,
      createdBy: actor.name,
      note,
      manifest: kept ? toJson(kept) : SQL_NULL,
    },
    select: { id: true, number: true, sourceHash: true },
  });
}

export async function addRequest(
  tx: Tx,
  actor: PersonActor,
  given: { streamId: string; revision: NewRevision; reason: string; dossier: Dossier | null },
): Promise<string> {
  const request = await tx.slotRequest.create({
    data: {
      streamId: given.streamId,
      revisionId: given.revision.id,
      sourceHash: given.revision.sourceHash,
      reason: given.reason,
      dossier: given.dossier ? toJson(given.dossier) : SQL_NULL,
      requestedById: actor.id,
      requestedBy: actor.name,
    },
    select: { id: true },
  });
  return request.id;
}

/** Source and sink target that a spec names must be registered, and stay so until the transaction ends. */
export async function requireConnections(tx: Tx, spec: StreamSpec): Promise<void> {
  const { database } = spec.source;
  const sources = await tx.$queryRaw<{ id: string }[]>`
    select id::text from source_database where name = ${database} and removed_at is null for key share`;
  if (sources.length === 0) throw invalid('source.database', database, 'choose a registered source database');
  await requireTarget(tx, 'sink.target', spec.sink.target, targetTypeOf(spec.sink.type));
  for (const [index, conversion] of (spec.conversions ?? []).entries()) {
    if (conversion.type === 'AwsLambdaConversion') await requireTarget(tx, `conversions.${index}.target`, conversion.target, 'AwsLambda');
  }
}

async function requireTarget(tx: Tx, field: string, target: string, type: SinkTargetType): Promise<void> {
  const targets = await tx.$queryRaw<{ type: string }[]>`
    select type::text from sink_target where name = ${target} and removed_at is null for key share`;
  const found = targets[0];
  if (!found) throw invalid(field, target, 'choose a registered sink target');
  if (found.type !== type) throw invalid(field, target, `choose a sink target of type ${type}; this one is of type ${found.type}`);
}

/** How long a request waits for its dossier. The request's page asks for a fresh one anyway. */
const DOSSIER_TIMEOUT_MS = 8_000;

/** The dossier as it stands now; null when the worker is away or cannot reach the server. */
export async function askDossier(actor: PersonActor, spec: StreamSpec): Promise<Dossier | null> {
  const outcome = await askAndAwait(actor, 'dossier', { spec }, DOSSIER_TIMEOUT_MS);
  return outcome.ok ? outcome.answer : null;
}
