import type { FieldProblem } from '../../errors';
import { problemsOf } from '../problems';
import { streamSpec } from '../stream-spec';
import { draftOf } from './entry-draft';
import type { Connections, ImportedEntry } from './imported';
import { holdsPassword } from './jdbc-url';
import { isObject, type Json, textIn } from './json';
import {
  applicationIdOf,
  entriesIn,
  entryIn,
  eventStreamOf,
  formOfDocument,
  type KeptManifest,
  MAX_KEPT_BYTES,
  nameOfDocument,
} from './kept-manifest';
import { readManifestYaml } from './manifest-yaml';

const MAX_ENTRIES = 200;

export type ImportResult =
  | {
      readonly ok: true;
      readonly entries: readonly ImportedEntry[];
      /** Documents of other kinds, by kind and name: left alone. */
      readonly skipped: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Reads every stream out of a file of manifests. Nothing in it is run or fetched. */
export function importManifests(text: string, connections: Connections): ImportResult {
  const read = readManifestYaml(text);
  if (!read.ok) return { ok: false, problems: [read.problem] };
  const documents = read.documents.flatMap(itemsOf);
  if (documents.some(hasPassword)) {
    const remedy = 'take the password out of jdbcUrl: it belongs to the registered source database, sealed';
    return { ok: false, problems: [{ field: 'jdbcUrl', value: null, remedy }] };
  }
  const entries = documents.flatMap((document) => entriesOf(document, connections));
  const skipped = documents.filter((document) => formOfDocument(document) === null).map(titleOf);
  if (entries.length > MAX_ENTRIES)
    return {
      ok: false,
      problems: [{ field: 'document', value: `${entries.length} streams`, remedy: `import at most ${MAX_ENTRIES} at once` }],
    };
  if (entries.length > 0) return { ok: true, entries, skipped };
  const remedy = 'give a FabricEventStream, a postgresql resource with streams, or applicationId and eventStreams';
  return { ok: false, problems: [{ field: 'document', value: skipped[0] ?? null, remedy }] };
}

/** What `kubectl get -o yaml` wraps around several resources falls away: each is a manifest by itself. */
function itemsOf(document: Json): Json[] {
  return isObject(document) && document.kind === 'List' && Array.isArray(document.items) ? document.items : [document];
}

function hasPassword(value: Json): boolean {
  if (typeof value === 'string') return value.includes('jdbc:') && holdsPassword(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasPassword);
}

function titleOf(document: Json): string {
  const kind = textIn(document, 'kind') ?? 'document of no kind';
  return `${kind} ${nameOfDocument('resource', document)}`.slice(0, 200);
}

function entriesOf(document: Json, connections: Connections): ImportedEntry[] {
  const form = formOfDocument(document);
  if (!form) return [];
  const tooLarge = new TextEncoder().encode(JSON.stringify(document)).length > MAX_KEPT_BYTES;
  return entriesIn(form, document).map((kept) => {
    const entry = eventStreamOf(kept);
    const shown = { manifest: nameOfDocument(form, document), applicationId: applicationIdOf(kept) ?? null };
    if (!entry) {
      const remedy = 'give source, flow, sink and recovery';
      return {
        ...shown,
        source: '',
        sink: '',
        draft: null,
        kept: null,
        findings: [{ kind: 'refused', field: `entry ${kept.at.index + 1}`, value: entryIn(kept), remedy }],
      };
    }
    const own = form === 'bare' ? ownDraft(kept, entry) : null;
    if (own) return { ...shown, ...own };
    const drafted = draftOf(kept, entry, connections);
    if (!tooLarge) return { ...shown, ...drafted, kept: drafted.draft ? kept : null };
    const remedy = `split it: what a stream keeps of its manifest is at most ${MAX_KEPT_BYTES} bytes (64 KiB)`;
    return { ...shown, ...drafted, draft: null, kept: null, findings: [{ kind: 'refused', field: 'document', value: null, remedy }] };
  });
}

/** An entry of Spillway's own YAML names its source database itself; it is read by the definition of a spec and by nothing else. */
function ownDraft(
  kept: KeptManifest,
  entry: Record<string, unknown>,
): Pick<ImportedEntry, 'source' | 'sink' | 'draft' | 'kept' | 'findings'> | null {
  const { source, sink } = entry;
  if (!isObject(source) || typeof source.database !== 'string' || 'jdbcConnection' in source) return null;
  const spec = { ...entry, applicationId: applicationIdOf(kept) };
  const parsed = streamSpec.safeParse(spec);
  const shown = { source: textIn(source.table, 'name') ?? '', sink: textIn(sink, 'type') ?? '', kept: null };
  if (parsed.success) return { ...shown, draft: parsed.data, findings: [] };
  return { ...shown, draft: null, findings: problemsOf(parsed.error, spec).map((problem) => ({ ...problem, kind: 'refused' })) };
}
