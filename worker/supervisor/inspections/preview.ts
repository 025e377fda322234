import * as z from 'zod';
import type { InspectionInput, Preview, PreviewRow } from '@/core/dto/inspection';
import { messageOf, SpillwayError } from '@/core/errors';
import { conversionChain } from '@/core/spec/conversion';
import { eventFilter } from '@/core/spec/filter';
import { type PushdownColumn, pushdownOf } from '@/core/spec/filter-pushdown';
import { columnTransform } from '@/core/spec/filter-transform';
import { DEBEZIUM_DEFAULTS, flowSpec } from '@/core/spec/flow';
import { problemsOf } from '@/core/spec/problems';
import { sourceSpec } from '@/core/spec/source';
import manifest from '@/package.json';
import { stagedFlow } from '@/worker/flow/filter/staged-flow';
import type { EventSchemas, Flow } from '@/worker/flow/flow';
import { createFlow } from '@/worker/flow/registry';
import { withSchemas } from '@/worker/flow/with-schemas';
import { serverFacts } from '@/worker/source/postgres/server-facts';
import { tableRefOf } from '@/worker/source/postgres/table-relation';
import { type Sample, sampleRows } from '@/worker/source/postgres/tables';
import { type Change, type Relation, UNCHANGED } from '@/worker/source/source';
import { type InspectionContext, sourceNamed } from './context';
import { filterReport } from './filter-report';
import { convertRows, type MadeRow } from './preview-converted';
import { previewSchemas } from './preview-schemas';
import { committedAsSaid, sampleChange, sampleOp } from './sample-change';

const ROWS = 5;
/** With a filter, so that it is seen what passes and what does not. */
const FILTERED_ROWS = 20;

/** The part of a spec that a preview needs; the rest may be missing or wrong while somebody types. */
const previewable = z.object({
  applicationId: z.string().min(1).catch('your-stream'),
  source: sourceSpec.extend({
    operations: sourceSpec.shape.operations.catch(['insert', 'update', 'delete']),
    columns: sourceSpec.shape.columns.catch(undefined),
    snapshot: sourceSpec.shape.snapshot.catch('initial'),
  }),
  filter: eventFilter.optional().catch(undefined),
  transform: columnTransform.optional().catch(undefined),
  flow: flowSpec.catch(DEBEZIUM_DEFAULTS),
  conversions: conversionChain.optional().catch(undefined),
  sink: z.looseObject({ type: z.string().optional(), tombstones: z.boolean().optional(), format: z.unknown().optional() }).catch({}),
});

/** The latest rows of the table, through the real flow, in the shape they will be delivered. Throws `invalid_input` with the problems. */
export async function answerPreview({ spec: typed }: InspectionInput<'preview'>, context: InspectionContext): Promise<Preview> {
  const parsed = previewable.safeParse(typed);
  if (!parsed.success) {
    const problems = problemsOf(parsed.error, typed);
    const filter = problems.find(({ field }) => field === 'source.rowFilter');
    if (filter) throw new SpillwayError('invalid_input', `Row filter: ${filter.remedy}`, { problems });
    throw new SpillwayError('invalid_input', `choose a source and a table first (${problems.map((problem) => problem.field).join(', ')})`, {
      problems,
    });
  }
  const { source, applicationId, filter, transform, flow: flowOf, sink } = parsed.data;
  const { connection } = await sourceNamed(source.database, context);
  const { operations } = source;
  const limit = filter ? FILTERED_ROWS : ROWS;
  const sample = await sampleRows({ source: connection, table: tableRefOf(source), operations, limit });
  const facts = await serverFacts(connection);
  const plain = createFlow(flowOf, {
    logicalName: applicationId,
    database: connection.database,
    tombstones: sink.type === 'Kafka' && sink.tombstones !== false,
    spillwayVersion: manifest.version,
  });
  const report =
    filter || transform ? await filterReport({ spec: parsed.data, relation: sample.relation, rows: sample.rows, facts }) : null;
  const compiles = !report?.problems.some(({ field }) => field.startsWith('filter'));
  const flow = await stagedFlow(withSchemas(plain, flowOf, applicationId), { transform, ...(compiles ? { filter } : {}) });
  const op = sampleOp(source);
  const nowUs = BigInt(Date.now()) * 1000n;
  const changes = sample.rows.map((row, index) => committedAsSaid(sampleChange(op, sample.relation, row, index, facts, nowUs), flowOf));
  const made = changes.flatMap((change, index) => previewRow(flow, change, sample.rows[index] ?? [], nowUs));
  const { rows, unconverted } = await convertRows(made, { typed, conversions: parsed.data.conversions, applicationId }, context);
  const schemas = await previewSchemas(sink.type === 'Kafka' ? sink.format : null, schemasOf(flow, changes[0], nowUs));
  return {
    ...(schemas ? { schemas } : {}),
    table: `${source.schema}.${source.table.name}`,
    rows,
    ...(unconverted ? { unconverted } : {}),
    filter: report && {
      sampled: rows.length,
      passing: rows.filter(({ left }) => !left).length,
      problems: report.problems,
      warnings: [...report.warnings, ...(report.remedy ? [report.remedy] : [])],
      pushdown: compiles && facts.versionNum >= 150_000 ? await pushdownOf(filter, source, pushdownColumns(sample.relation)) : null,
    },
    note: changes.length > 0 ? noteOf(op) : nothingPasses(sample.passing),
    rowFilter: sample.passing,
  };
}

/** Of a row that makes a message; undefined where none does. */
function schemasOf(flow: Flow, change: Change | undefined, nowUs: bigint): EventSchemas | undefined {
  try {
    const result = change && flow.transform(change, nowUs);
    return result?.kind === 'events' ? result.events[0]?.schemas : undefined;
  } catch {
    return undefined;
  }
}

function previewRow(flow: Flow, change: Change, row: Change['after'], nowUs: bigint): MadeRow[] {
  const input = Object.fromEntries(
    change.relation.columns.map((column, index) => {
      const value = row?.[index] ?? null;
      return [column.name, value === UNCHANGED ? null : value];
    }),
  );
  const without = (left: PreviewRow['left']): MadeRow[] => [
    { row: { input, key: null, headers: {}, output: '', bytes: 0, microseconds: 0, left }, event: null },
  ];
  try {
    // Once unmeasured: the first run compiles the table's encoder, which a stream does once in its life.
    flow.transform(change, nowUs);
    const began = performance.now();
    const result = flow.transform(change, nowUs);
    const microseconds = Math.round((performance.now() - began) * 10_000) / 10;
    if (result.kind === 'filtered') return without({ kind: 'filtered', reason: result.reason });
    const [event] = result.events;
    if (!event) return [];
    const payload = event.payload ?? Buffer.from('null');
    const shown = { key: event.key, headers: { ...event.headers }, output: payload.toString('utf8'), bytes: payload.length };
    return [{ row: { input, ...shown, microseconds }, event }];
  } catch (thrown) {
    return without({ kind: 'failed', reason: messageOf(thrown) });
  }
}

function pushdownColumns({ columns }: Relation): PushdownColumn[] {
  return columns.map(({ name, typeName, primaryKey }) => ({ name, typeName, neverNull: primaryKey }));
}

function nothingPasses(passing: Sample['passing']): string | null {
  return passing && passing.sampled > 0 ? `None of the latest ${passing.sampled} rows passes the row filter.` : null;
}

function noteOf(op: Change['op']): string {
  if (op === 'r') return 'As the initial snapshot delivers these rows; changes follow with op c, u or d.';
  return 'As if these rows changed now: transaction id, LSN and times are of this moment.';
}
