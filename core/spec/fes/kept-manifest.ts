import * as z from 'zod';
import { clusterEntry } from './cluster-streams';
import { isObject, type Json, type JsonObject, objectIn, textIn } from './json';

export const MANIFEST_FORMS = ['resource', 'bare', 'cluster'] as const;
/** A FabricEventStream resource; the same without Kubernetes around it; the `streams:` section of a postgresql resource. */
export type ManifestForm = (typeof MANIFEST_FORMS)[number];

/** What a stream keeps of one imported manifest, bytes of JSON. */
export const MAX_KEPT_BYTES = 64 * 1024;

/** The manifest that a stream came from, whole and as it was, and which of its entries the stream is. */
export interface KeptManifest {
  readonly form: ManifestForm;
  readonly document: Json;
  /** Of `eventStreams`; of `streams` in a postgresql resource, where `table` is the key in its `tables`. */
  readonly at: { readonly index: number; readonly table?: string | undefined };
}

export const keptManifest = z.strictObject({
  form: z.enum(MANIFEST_FORMS),
  document: z.json().transform((document) => document as Json),
  at: z.strictObject({ index: z.int().min(0), table: z.string().optional() }),
});

/** The form of a document; null when Spillway takes no streams from such a one. */
export function formOfDocument(document: Json): ManifestForm | null {
  if (Array.isArray(document)) return document.some((entry) => isObject(entry) && 'source' in entry) ? 'bare' : null;
  if (!isObject(document)) return null;
  const { kind, apiVersion } = document;
  if (kind === undefined && apiVersion === undefined) return 'eventStreams' in document ? 'bare' : null;
  if (kind === 'FabricEventStream') return 'resource';
  return String(kind).toLowerCase() === 'postgresql' && String(apiVersion).startsWith('acid.zalan.do/') ? 'cluster' : null;
}

/** Every entry of a document, in the order in which it stands there. */
export function entriesIn(form: ManifestForm, document: Json): KeptManifest[] {
  const list = listIn(form, document);
  if (form !== 'cluster') return list.map((_, index) => ({ form, document, at: { index } }));
  return list.flatMap((section, index) =>
    Object.keys(objectIn(section, 'tables')).map((table) => ({ form, document, at: { index, table } })),
  );
}

function listIn(form: ManifestForm, document: Json): Json[] {
  if (Array.isArray(document)) return document;
  const around = form === 'bare' ? document : objectIn(document, 'spec');
  const list = isObject(around) ? around[form === 'cluster' ? 'streams' : 'eventStreams'] : undefined;
  return Array.isArray(list) ? list : [];
}

/** The object in the document itself that is the entry; null when it is no object. */
export function entryIn({ form, document, at }: KeptManifest): JsonObject | null {
  const found = listIn(form, document)[at.index];
  const entry = at.table === undefined ? found : objectIn(found, 'tables')[at.table];
  return isObject(entry) ? entry : null;
}

/** The entry as a FabricEventStream has it: of a postgresql resource, what its operator would make of it. Null when it is no object. */
export function eventStreamOf(kept: KeptManifest): JsonObject | null {
  const entry = entryIn(kept);
  if (!entry || kept.at.table === undefined) return entry;
  return clusterEntry(kept.document, listIn(kept.form, kept.document)[kept.at.index], kept.at.table);
}

/** The applicationId that the entry belongs to; undefined when none is written. */
export function applicationIdOf({ form, document, at }: KeptManifest): string | undefined {
  if (form === 'cluster') return textIn(listIn(form, document)[at.index], 'applicationId');
  return textIn(form === 'bare' ? document : objectIn(document, 'spec'), 'applicationId');
}

/** True when other entries of the document share its applicationId: then the name of a stream needs its table, too. */
export function hasSiblings(kept: KeptManifest): boolean {
  const id = applicationIdOf(kept);
  return entriesIn(kept.form, kept.document).filter((other) => applicationIdOf(other) === id).length > 1;
}

/** The name by which people know the document: its resource's, else its applicationId. */
export function nameOfDocument(form: ManifestForm, document: Json): string {
  const name =
    textIn(objectIn(document, 'metadata'), 'name') ?? textIn(form === 'bare' ? document : objectIn(document, 'spec'), 'applicationId');
  return name ?? 'without a name';
}
