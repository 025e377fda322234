import type { StreamSpec } from '../stream-spec';
import { slotNameFor } from './cluster-streams';
import { LAMBDA_FLOW } from './conversions';
import { baseOf } from './entry-draft';
import type { KnownSource } from './jdbc-url';
import { copyOf, type Json, type JsonObject } from './json';
import { entryIn, eventStreamOf, type KeptManifest } from './kept-manifest';
import { printManifestYaml } from './manifest-yaml';
import { overlay, RESOURCE_FIELDS, TABLE_FIELDS } from './overlay';

/** A stream, and the place of its entry in the manifest. */
export interface StreamInManifest {
  readonly at: KeptManifest['at'];
  readonly spec: StreamSpec;
}

/**
 * The manifest as it was imported, with what its streams say today written over it. What they say as they did then stays as it was
 * written; what FES has no name for stands under `spillway:` of the entry. The names of a source database and a sink target belong to
 * this installation, as credentials do, and are added only where the manifest names them already.
 */
export function exportManifest(kept: Pick<KeptManifest, 'form' | 'document'>, streams: readonly StreamInManifest[]): Json {
  const document = copyOf(kept.document);
  for (const { at, spec } of streams) {
    const place: KeptManifest = { form: kept.form, document, at };
    const entry = entryIn(place);
    if (!entry) continue;
    const read = () => baseOf(place, eventStreamOf(place) ?? {}).spec;
    overlay(entry, spec, { read, fields: at.table === undefined ? RESOURCE_FIELDS : TABLE_FIELDS, withNames: false });
  }
  return document;
}

/** A FabricEventStream of a stream that was declared here. `source` = where it reads from, null when that is registered no more. */
export function newManifest(spec: StreamSpec, source: KnownSource | null): Json {
  const { applicationId } = spec;
  const place = source
    ? `${source.host.includes(':') ? `[${source.host}]` : source.host}:${source.port}/${encodeURIComponent(source.database)}`
    : '';
  const entry: JsonObject = {
    flow: flowOf(spec),
    sink: { type: spec.sink.type, ...(spec.sink.type === 'Nakadi' ? { eventType: spec.sink.eventType } : {}) },
    source: {
      type: spec.source.type,
      table: { name: spec.source.table.name },
      jdbcConnection: {
        jdbcUrl: `jdbc:postgresql://${place}`,
        slotName: slotNameFor(source?.database ?? '', applicationId),
        databaseAuthentication: { type: 'DatabaseAuthenticationSecret' },
      },
    },
    recovery: { type: spec.recovery.type, sink: null },
  };
  const document = {
    apiVersion: 'zalando.org/v1',
    kind: 'FabricEventStream',
    metadata: { name: applicationId },
    spec: { applicationId, eventStreams: [entry] },
  };
  const kept: KeptManifest = { form: 'resource', document, at: { index: 0 } };
  overlay(entry, spec, { read: () => baseOf(kept, entry).spec, fields: RESOURCE_FIELDS, withNames: true });
  return document;
}

/** FES' function where it says all that the spec does between source and sink. */
function flowOf({ flow, conversions }: StreamSpec): JsonObject {
  const [only, ...more] = conversions ?? [];
  if (only?.type !== LAMBDA_FLOW || more.length > 0 || flow.type !== 'DebeziumEnvelope') return { type: flow.type };
  return { type: LAMBDA_FLOW, lambdaFunctionArn: only.lambdaFunctionArn };
}

/** The YAML of a manifest. */
export function printManifest(document: Json): string {
  return printManifestYaml(document);
}
