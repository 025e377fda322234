import type { ErrorKind } from '../error-catalogue';
import type { FieldProblem } from '../errors';
import type { Pushdown } from '../spec/filter-pushdown';
import type { SinkTargetConfig } from '../spec/sink-target';
import type { SnapshotScope } from '../spec/snapshot-scope';
import type { SourceHost, TlsMode } from '../spec/source-database';
import type { StreamSpec } from '../spec/stream-spec';
import type { ConsumerLag } from './consumer-lag';
import type { KafkaRoutes } from './kafka-routes';

/** One step of a preflight or connection test. `remedy` is SQL or a setting that mends a step that is not ok. */
export interface CheckStep {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found, with figures. */
  readonly finding: string;
  readonly remedy?: string;
}

/** A table of the live catalog, as the picker shows it. */
export interface TableInfo {
  readonly schema: string;
  readonly name: string;
  /** Kinds that can be published: plain table, or partitioned root. */
  readonly kind: 'table' | 'partitioned';
  readonly estimatedRows: number;
  readonly totalBytes: number;
  readonly lastWriteAt: string | null;
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
  readonly primaryKey: readonly string[];
  /** Columns that identify a row for update and delete. Empty = those operations would fail on the source. */
  readonly identityColumns: readonly string[];
  /** ALTER TABLE that makes update and delete safe to publish; null when they already are. */
  readonly identityRemedy: string | null;
  readonly columns: readonly TableColumn[];
}

export interface TableColumn {
  readonly name: string;
  /** As format_type prints it, e.g. `numeric(12,2)`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly generated: boolean;
  /** Large values of this column live out of line and come as "unchanged" in updates. */
  readonly toastable: boolean;
}

/** A row of the table, and the message made of it by the flow. */
export interface PreviewRow {
  readonly input: Record<string, string | null>;
  readonly key: string | null;
  readonly headers: Record<string, string>;
  readonly output: string;
  readonly bytes: number;
  readonly microseconds: number;
  /** Set when no message is made of the row: it is left out, or goes to recovery. `output` is then empty. */
  readonly left?: { readonly kind: 'filtered' | 'failed'; readonly reason: string };
  /** What the conversions made of the message; absent without any, and where there is no message. */
  readonly converted?: PreviewConverted;
}

export interface PreviewConverted {
  /** In order; empty when `left` says why. */
  readonly messages: readonly { readonly output: string; readonly bytes: number; readonly headers: Record<string, string> }[];
  readonly microseconds: number;
  readonly left?: { readonly kind: 'dropped' | 'failed'; readonly reason: string };
}

/** What a filter and a transform do to the rows of a preview. */
export interface FilterPreview {
  readonly sampled: number;
  readonly passing: number;
  /** What is wrong with them, by field. */
  readonly problems: readonly FieldProblem[];
  /** What would happen to changes that the sample does not show, such as updates without their old row. */
  readonly warnings: readonly string[];
  /** What the server could decide instead, with the same outcome. */
  readonly pushdown: Pushdown | null;
}

export interface Preview {
  readonly table: string;
  readonly rows: readonly PreviewRow[];
  readonly note: string | null;
  /** How many of the latest rows pass the row filter; null without one. */
  readonly rowFilter: { readonly sampled: number; readonly passing: number } | null;
  /** Null without a filter and without a transform. */
  readonly filter?: FilterPreview | null;
  /** Why the conversions were not tried. */
  readonly unconverted?: string;
  /** What the messages are like by their format; absent where it has no schemas. */
  readonly schemas?: PreviewSchemas;
}

/** Schemas as they would be registered, or sent along. */
export interface PreviewSchemas {
  readonly key: string | null;
  readonly value: string;
}

/** What an admin has to know before approving a slot. Computed on the live server. */
export interface Dossier {
  readonly computedAt: string;
  /** The plain sentence that leads the page. */
  readonly verdict: string;
  readonly server: {
    readonly version: string;
    readonly walBytesPerSec: number;
    readonly sampledSeconds: number;
    readonly maxSlots: number;
    readonly usedSlots: number;
    readonly maxSenders: number;
    readonly usedSenders: number;
    readonly maxSlotWalKeepBytes: number | null;
    readonly slotLimit: number;
    readonly ourSlots: number;
  };
  readonly cost: {
    /** Rows/s written to the database, sampled. */
    readonly rowsPerSec: number;
    /** Cores that one more walsender takes for decoding, at 1.5 µs a row (bench). */
    readonly extraDecodeCores: number;
  };
  readonly forecast: {
    /** Seconds until the server's cap (or the suggested budget) is reached if the stream stops; null = not at this rate. */
    readonly secondsToCap: number | null;
    readonly secondsToBudget: number | null;
    readonly suggestedBudgetBytes: number;
  };
  readonly table: TableInfo;
  readonly checks: readonly CheckStep[];
}

export interface SourceConnectionInput {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly tlsMode: TlsMode;
  readonly caCertificate?: string;
  readonly standbys?: readonly SourceHost[];
  readonly patroniUrl?: string | null;
  /** Sealed to the worker's key by the verb; the plain password never reaches the catalog. */
  readonly sealedPassword: string;
  /** As sealAad prints it, `source/<throw-away id>/<version>`; parseSealContext (core/secrets/seal.ts) reads it. */
  readonly sealContext: string;
}

export interface ReplayPreview {
  readonly letters: readonly {
    readonly id: string;
    readonly key: string | null;
    readonly output: string | null;
    readonly sameAsBefore: boolean;
    readonly problem: string | null;
    /** Instead of an output: how the message will be made when it is sent. */
    readonly note?: string;
  }[];
  readonly revisionNumber: number;
  readonly keys: number;
  readonly parkedBehind: number;
}

/** Can these rows be read again, and about how many are they? */
export interface SnapshotCheck {
  /** By field of the scope; empty when they can. */
  readonly problems: readonly FieldProblem[];
  /** Columns in whose order rows are read. */
  readonly key: readonly string[];
  readonly estimatedRows: number | null;
}

/** Questions that the worker answers: kind → [input, answer]. */
export interface Inspections {
  /** By id for a registered source, or by a connection as typed. */
  'test-source': [{ sourceId: string } | { connection: SourceConnectionInput }, { steps: CheckStep[] }];
  'test-sink': [{ targetId: string } | { config: SinkTargetConfig; sealedSecret?: string; sealContext?: string }, { steps: CheckStep[] }];
  /** `serverVersionNum`: server_version_num, such as 180001. */
  'list-tables': [{ sourceId: string }, { tables: TableInfo[]; serverVersionNum?: number }];
  preview: [{ spec: unknown }, Preview];
  'kafka-routes': [{ spec: unknown }, KafkaRoutes];
  'validate-spec': [{ spec: StreamSpec }, { problems: FieldProblem[]; checks: CheckStep[] }];
  dossier: [{ spec: StreamSpec }, Dossier];
  'check-snapshot': [{ streamId: string; scope: SnapshotScope }, SnapshotCheck];
  'consumer-lag': [{ streamId: string }, ConsumerLag];
  'preview-replay': [{ letterIds: string[] }, ReplayPreview];
}
export type InspectionKind = keyof Inspections;
export type InspectionInput<K extends InspectionKind> = Inspections[K][0];
export type InspectionAnswer<K extends InspectionKind> = Inspections[K][1];

/** What the portal gets back. */
export type InspectionOutcome<K extends InspectionKind> =
  | { readonly ok: true; readonly answer: InspectionAnswer<K>; readonly answeredAt: string }
  | { readonly ok: false; readonly errorKind: ErrorKind; readonly message: string; readonly remedy: string };
