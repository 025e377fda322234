import type { CheckStep, InspectionAnswer, InspectionInput } from '@/core/dto/inspection';
import type { FieldProblem } from '@/core/errors';
import { slotNameFor } from '@/core/postgres/identifiers';
import { filterProblems, kafkaKeyProblems } from '@/core/spec/filter-check';
import { usesRegistry } from '@/core/spec/sink/kafka-format';
import { targetTypeOf } from '@/core/spec/sink-target';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';
import { preflight } from '@/worker/source/postgres/preflight';
import { serverFacts } from '@/worker/source/postgres/server-facts';
import { tableRefOf } from '@/worker/source/postgres/table-relation';
import { sampleRows } from '@/worker/source/postgres/tables';
import { streamsOnTable } from '../catalog/references';
import { sinkTargetByName } from '../catalog/sink-targets';
import { sourceByName } from '../catalog/sources';
import { openSource } from '../connections';
import { checkFlow } from './check-flow';
import { checkFunctions } from './check-functions';
import { checkLetterSink } from './check-letter-sink';
import { checkScripts } from './check-scripts';
import { type InspectionContext, sourceNamed } from './context';
import { filterReport, filterStep } from './filter-report';

/** Failed preflight steps that the person who writes the spec can mend, by the field to mend; the others are for an admin. */
const FIELD_OF_STEP: Readonly<Record<string, (spec: StreamSpec) => readonly [field: string, value: unknown]>> = {
  Table: (spec) => ['source.table.name', spec.source.table.name],
  Columns: (spec) => ['source.columns', spec.source.columns],
  'Row filter': (spec) => ['source.rowFilter', spec.source.rowFilter],
  Origin: (spec) => ['source.origin', spec.source.origin],
  Partitions: (spec) => ['source.partitions', spec.source.partitions],
  'Generated columns': ({ source }) => (source.generatedColumns ? ['source.generatedColumns', true] : ['source.columns', source.columns]),
  'Replica identity': (spec) => ['source.operations', spec.source.operations],
  'Row-level security': (spec) => ['source.snapshot', spec.source.snapshot],
};

/** Looks whether a valid spec also fits the world: source, table, columns, replica identity, sink target, other streams. */
export async function validateSpec(
  input: InspectionInput<'validate-spec'>,
  context: InspectionContext,
): Promise<InspectionAnswer<'validate-spec'>> {
  const spec = streamSpec.parse(input.spec);
  const [source, sink, key, letters, flow, filter, scripts, functions] = await Promise.all([
    checkSource(spec, context),
    checkSink(spec, context),
    kafkaKeyProblems(spec.sink),
    checkLetterSink(spec, context),
    checkFlow(spec, context),
    checkFilter(spec, context),
    checkScripts(spec, context.signal),
    checkFunctions(spec, context),
  ]);
  return {
    problems: [
      ...source.problems,
      ...sink,
      ...key,
      ...letters.problems,
      ...flow.problems,
      ...filter.problems,
      ...scripts,
      ...functions.problems,
    ],
    checks: [...source.checks, ...letters.checks, ...flow.checks, ...filter.checks, ...functions.checks],
  };
}

async function checkSource(spec: StreamSpec, context: InspectionContext): Promise<{ problems: FieldProblem[]; checks: CheckStep[] }> {
  const { database } = spec.source;
  const { catalog, privateKey } = context;
  const row = await sourceByName(catalog.query, database);
  if (!row) {
    return { problems: [{ field: 'source.database', value: database, remedy: 'choose a registered source database' }], checks: [] };
  }
  const known = await catalog.query<{ id: string }>(`SELECT id FROM stream WHERE name = $1 AND state <> 'retired'`, [spec.applicationId]);
  const publicationName = known[0] ? slotNameFor(spec.applicationId, known[0].id) : undefined;
  const steps = await preflight({ source: openSource(row, privateKey), spec: spec.source, publicationName });
  const problems = steps
    .filter((step) => step.status === 'failed')
    .flatMap((step): FieldProblem[] => {
      const field = FIELD_OF_STEP[step.name]?.(spec);
      return field ? [{ field: field[0], value: field[1], remedy: `${step.finding}${step.remedy ? ` ${step.remedy}` : ''}` }] : [];
    });
  const others = await streamsOnTable(catalog.query, spec.source, spec.applicationId);
  if (others.length === 0) return { problems, checks: steps };
  const finding = `${others.join(', ')} read${others.length === 1 ? 's' : ''} the same table already; each stream costs the server one more slot.`;
  return {
    problems,
    checks: [
      ...steps,
      { name: 'Other streams', status: 'warning', finding, remedy: 'Share the existing stream where one can serve both.' },
    ],
  };
}

/** Filter and transform on the latest rows. A table that cannot be read is what the checks of the source are about. */
async function checkFilter(
  spec: StreamSpec,
  context: InspectionContext,
): Promise<{ problems: readonly FieldProblem[]; checks: CheckStep[] }> {
  const { filter, transform, source } = spec;
  if (!filter && !transform) return { problems: [], checks: [] };
  try {
    const { connection } = await sourceNamed(source.database, context);
    const { relation, rows } = await sampleRows({ source: connection, table: tableRefOf(source), operations: source.operations });
    const report = await filterReport({ spec, relation, rows, facts: await serverFacts(connection) });
    const step = filterStep(report);
    return { problems: report.problems, checks: step ? [step] : [] };
  } catch {
    return { problems: await filterProblems(filter), checks: [] };
  }
}

async function checkSink(spec: StreamSpec, { catalog }: InspectionContext): Promise<FieldProblem[]> {
  const { target, type } = spec.sink;
  const row = await sinkTargetByName(catalog.query, target);
  if (!row) return [{ field: 'sink.target', value: target, remedy: 'choose a registered sink target' }];
  const wanted = targetTypeOf(type);
  if (row.config.type !== wanted)
    return [{ field: 'sink.type', value: type, remedy: `"${target}" is of type ${row.config.type}; choose a target of type ${wanted}` }];
  if (spec.sink.type === 'Kafka' && usesRegistry(spec.sink.format) && row.config.type === 'Kafka' && !row.config.registry)
    return [
      {
        field: 'sink.format',
        value: spec.sink.format,
        remedy: `choose json: "${target}" names no schema registry, which an admin may add`,
      },
    ];
  return [];
}
