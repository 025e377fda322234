import type { FieldProblem } from '../errors';
import { isTimestamp, isWholeNumber } from './delta-defaults';
import type { FlowSpec } from './flow';
import type { SourceSpec } from './source';

/** What of a table decides whether a flow can work on it; types as format_type prints them. */
export interface FlowTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly primaryKey: readonly string[];
  /** Columns that the server sends of a row before it is updated or deleted. */
  readonly identityColumns: readonly string[];
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
}

export interface FlowFit {
  /** By field of the spec: with these no event, or not every one, could be made. */
  readonly problems: readonly FieldProblem[];
  /** It works, but not as well as it could. */
  readonly warnings: readonly FlowWarning[];
}
export interface FlowWarning {
  readonly finding: string;
  /** REPLICA IDENTITY FULL mends it. */
  readonly wantsFull: boolean;
}

type Published = Pick<SourceSpec, 'operations' | 'columns'>;

/** Whether the columns that a flow names are there, of a fitting type, and sent when they are needed. */
export function flowFit(
  flow: FlowSpec,
  source: { [F in keyof Published]: Published[F] | readonly string[] | null },
  table: FlowTable,
): FlowFit {
  const fit = new Fit(table, new Set(source.columns ?? table.columns.map(({ name }) => name)));
  const changes = (source.operations as readonly string[]).filter((operation) => operation !== 'insert');
  switch (flow.type) {
    case 'DebeziumEnvelope':
      break;
    case 'PostgresWalToGenericNakadiEvent':
      if (flow.payloadColumn !== null) fit.column('flow.payloadColumn', flow.payloadColumn);
      break;
    case 'Outbox':
      fit.column('flow.fieldEventKey', flow.fieldEventKey);
      fit.column('flow.fieldEventPayload', flow.fieldEventPayload);
      fit.column('flow.routeByField', flow.routeByField);
      fit.timestamp('flow.fieldEventTimestamp', flow.fieldEventTimestamp);
      for (const [index, { field }] of flow.fieldsAdditionalPlacement.entries())
        fit.column(`flow.fieldsAdditionalPlacement.${index}.field`, field);
      if (changes.length > 0)
        fit.warn(
          false,
          `Only new rows of an outbox are events. Without ${changes.join(', ')} among the operations, they do not leave the server at all.`,
        );
      break;
    case 'Delta':
      fit.delta(flow, changes);
      break;
  }
  return fit;
}

class Fit implements FlowFit {
  readonly problems: FieldProblem[] = [];
  readonly warnings: FlowWarning[] = [];

  constructor(
    private readonly table: FlowTable,
    private readonly sent: ReadonlySet<string>,
  ) {}

  column(field: string, name: string): void {
    if (this.sent.has(name)) return;
    const known = this.table.columns.some((column) => column.name === name);
    const remedy = known
      ? `the column "${name}" is left out of the stream: choose it among the columns`
      : `the table has no column "${name}"`;
    this.problems.push({ field, value: name, remedy });
  }

  timestamp(field: string, name: string | undefined): void {
    this.typed(field, name, isTimestamp, 'a timestamp');
  }

  delta(flow: Extract<FlowSpec, { type: 'Delta' }>, changes: readonly string[]): void {
    const { aggregateIdField, versionField, eventTimeField } = flow;
    const { primaryKey, identityColumns, replicaIdentity } = this.table;
    const old = (name: string) => replicaIdentity === 'full' || identityColumns.includes(name);
    if (aggregateIdField !== undefined) {
      this.column('flow.aggregateIdField', aggregateIdField);
      if (changes.includes('delete') && !old(aggregateIdField)) {
        const remedy = `a delete does not carry "${aggregateIdField}": set REPLICA IDENTITY FULL, or leave deletes out of the operations`;
        this.problems.push({ field: 'flow.aggregateIdField', value: aggregateIdField, remedy });
      }
    } else if (primaryKey.length === 0 && (replicaIdentity === 'full' || identityColumns.length === 0)) {
      this.problems.push({
        field: 'flow.aggregateIdField',
        value: undefined,
        remedy: 'the table has no primary key: name the column of the aggregate id',
      });
    }
    this.typed('flow.versionField', versionField, isWholeNumber, 'a whole number');
    this.timestamp('flow.eventTimeField', eventTimeField);
    if (changes.includes('update') && replicaIdentity !== 'full')
      this.warn(
        true,
        'Without REPLICA IDENTITY FULL the server does not send the old row: an update holds every column, not only what changed.',
      );
    if (changes.includes('delete') && versionField !== undefined && !old(versionField))
      this.warn(true, `Without REPLICA IDENTITY FULL a delete does not carry "${versionField}": its version is null.`);
  }

  warn(wantsFull: boolean, finding: string): void {
    this.warnings.push({ finding, wantsFull });
  }

  private typed(field: string, name: string | undefined, fits: (type: string) => boolean, what: string): void {
    if (name === undefined) return;
    this.column(field, name);
    const column = this.table.columns.find((each) => each.name === name);
    if (column && !fits(column.type)) this.problems.push({ field, value: name, remedy: `"${name}" is ${column.type}: choose ${what}` });
  }
}
