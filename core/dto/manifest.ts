import type { Connections } from '../spec/fes/imported';
import type { SinkTargetDto, SourceDto } from './connection';

/** What an export may be: FES' own form, or Spillway's. */
export const MANIFEST_FORMATS = ['fes', 'spillway'] as const;
export type ManifestFormat = (typeof MANIFEST_FORMATS)[number];

/** What the entries of a manifest may mean among all that is registered. */
export function connectionsOf(sources: readonly SourceDto[], targets: readonly SinkTargetDto[]): Connections {
  return {
    sources: sources.map(({ name, host, port, database, standbys }) => ({ name, host, port, database, standbys })),
    targets: targets.map(({ name, config }) => ({ name, type: config.type })),
  };
}
