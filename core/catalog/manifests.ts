import type { ManifestFormat } from '@/core/dto/manifest';
import type { PersonActor } from '@/core/policy/roles';
import { exportManifest, newManifest, printManifest, type StreamInManifest } from '@/core/spec/fes/export-manifest';
import { type KeptManifest, keptManifest } from '@/core/spec/fes/kept-manifest';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { printStreamYaml } from '@/core/spec/stream-yaml';
import { catalog } from './client';
import { isUuid, teamScope } from './scope';
import { getSourceByName } from './sources';
import { toSpec } from './values';

/** A stream's present revision as YAML; null when there is no such stream or this person may not read it. */
export async function getManifestText(
  actor: PersonActor,
  id: string,
  format: ManifestFormat,
): Promise<{ readonly name: string; readonly text: string } | null> {
  if (!isUuid(id)) return null;
  const row = await catalog().stream.findFirst({
    where: { id, ...teamScope(actor) },
    select: { name: true, teamId: true, currentRevision: { select: { spec: true, manifest: true } } },
  });
  if (!row?.currentRevision) return null;
  const spec = toSpec(row.currentRevision.spec);
  if (format === 'spillway') return { name: row.name, text: printStreamYaml(spec) };
  const { manifest } = row.currentRevision;
  if (manifest === null) return { name: row.name, text: printManifest(newManifest(spec, await getSourceByName(spec.source.database))) };
  const kept = keptManifest.parse(manifest);
  const siblings = await readSiblings(id, row.teamId, kept);
  return { name: row.name, text: printManifest(exportManifest(kept, [...siblings, { at: kept.at, spec }])) };
}

/** Other streams of the team that came from the same manifest and are not retired: their entries are theirs to say. Latest last. */
async function readSiblings(id: string, teamId: string, kept: KeptManifest): Promise<StreamInManifest[]> {
  const rows = await catalog().$queryRaw<{ at: KeptManifest['at']; spec: unknown }[]>`
    select r.manifest->'at' as at, r.spec
      from stream s join stream_revision r on r.id = s.current_revision_id
     where s.team_id = ${teamId}::uuid and s.id <> ${id}::uuid and s.state <> 'retired'
       and r.manifest->'document' = ${JSON.stringify(kept.document)}::jsonb
     order by s.created_at`;
  return rows
    .filter(({ at }) => at.index !== kept.at.index || at.table !== kept.at.table)
    .map(({ at, spec }): { at: KeptManifest['at']; spec: StreamSpec } => ({ at, spec: toSpec(spec) }));
}
