import * as z from 'zod';
import { toJson } from '@/core/catalog/client';
import { listSinkTargets } from '@/core/catalog/sink-targets';
import { listSources } from '@/core/catalog/sources';
import { connectionsOf } from '@/core/dto/manifest';
import { SpillwayError } from '@/core/errors';
import { importManifests } from '@/core/spec/fes/import-manifest';
import type { ImportedEntry } from '@/core/spec/fes/imported';
import { MAX_MANIFEST_BYTES } from '@/core/spec/fes/manifest-size';

import { requireRoomForDrafts } from '../drafts';
import { id } from '../inputs';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

/** A draft that was made of an entry. `entry` counts from 0, in the order of the file. */
export interface ImportedDraft {
  readonly entry: number;
  readonly draftId: string;
}

/** Makes drafts of entries of a file of manifests: each keeps the manifest it stands in. Nothing is requested. */
export const importManifest = defineVerb({
  name: 'streams.import-manifest',
  subject: 'team',
  input: z.strictObject({
    teamId: id,
    /** The file, read again here: what a browser made of it is not believed. */
    text: z.string().max(MAX_MANIFEST_BYTES, 'keep the file within 1 MiB'),
    /** Which entries, counted from 0 in the order of the file. Absent = every one that Spillway can run. */
    entries: z.array(z.int().min(0)).min(1, 'choose an entry').max(200).optional(),
  }),
  team: async (tx, { teamId }) => (await tx.team.findUnique({ where: { id: teamId }, select: { id: true } }))?.id,
  prepare: async (actor) => connectionsOf(await listSources(actor), await listSinkTargets(actor)),
  run: async (tx, { actor, input, prepared = { sources: [], targets: [] } }) => {
    const read = importManifests(input.text, prepared);
    if (!read.ok) throw new SpillwayError('invalid_input', 'the manifest cannot be imported', { problems: read.problems });
    const chosen = chosenOf(read.entries, input.entries);
    await requireRoomForDrafts(tx, actor, chosen.length);
    const drafts: ImportedDraft[] = [];
    for (const { entry, index } of chosen) {
      const manifest = entry.kept ? { manifest: toJson(entry.kept) } : {};
      const content = { userId: actor.id, teamId: input.teamId, step: 'review', body: toJson({ spec: entry.draft }), ...manifest };
      const draft = await tx.draft.create({ data: content, select: { id: true } });
      drafts.push({ entry: index, draftId: draft.id });
    }
    const names = [...new Set(chosen.map(({ entry }) => entry.manifest))].join(', ');
    const sources = chosen.map(({ entry }) => entry.source);
    return {
      result: { drafts },
      audit: {
        subject: { type: 'manifest', id: drafts[0]?.draftId ?? '', name: names },
        teamId: input.teamId,
        summary: `imported ${chosen.length} of ${read.entries.length} entries of manifest ${names} as drafts: ${sources.join(', ')}`.slice(
          0,
          1000,
        ),
        after: { entries: chosen.map(({ entry }) => ({ manifest: entry.manifest, source: entry.source, sink: entry.sink })) },
      },
    };
  },
});

function chosenOf(entries: readonly ImportedEntry[], wanted: readonly number[] | undefined): { entry: ImportedEntry; index: number }[] {
  const able = entries.flatMap((entry, index) => (entry.draft ? [{ entry, index }] : []));
  if (!wanted) {
    if (able.length === 0) throw invalid('entries', null, 'Spillway can run none of them; what is kept of each and why is listed');
    return able;
  }
  return [...new Set(wanted)].map((index) => {
    const found = able.find((each) => each.index === index);
    if (found) return found;
    throw invalid(
      'entries',
      index,
      index < entries.length ? 'this entry cannot be run here: choose another' : 'the file has no such entry',
    );
  });
}
