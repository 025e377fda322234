import type { FieldProblem } from '../../errors';
import type { SinkTargetType } from '../sink-target';
import type { StreamSpec } from '../stream-spec';
import type { KnownSource } from './jdbc-url';
import type { KeptManifest } from './kept-manifest';

/**
 * What an import found in an entry:
 * - choose   a person has to give or mend it before the stream can be requested
 * - kept     not run here; it stays in the manifest and is exported as it was
 * - refused  the entry cannot become a stream of Spillway
 */
export interface Finding extends FieldProblem {
  readonly kind: 'choose' | 'kept' | 'refused';
}

/** Registered connections that an entry may mean. */
export interface Connections {
  readonly sources: readonly KnownSource[];
  readonly targets: readonly { readonly name: string; readonly type: SinkTargetType }[];
}

/** One entry of a file, as far as it got. */
export interface ImportedEntry {
  /** The manifest that it stands in: the name of its resource, or its applicationId. */
  readonly manifest: string;
  readonly applicationId: string | null;
  /** `schema.table`, or what stands for it at another source. */
  readonly source: string;
  /** `Nakadi my-event-type`. */
  readonly sink: string;
  /** Null when Spillway cannot run it; findings of kind `refused` say why. */
  readonly draft: StreamSpec | null;
  /** Null for an entry in Spillway's own YAML: the draft is all of it. */
  readonly kept: KeptManifest | null;
  readonly findings: readonly Finding[];
}
