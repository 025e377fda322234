import type { CheckStep } from '@/core/dto/inspection';
import { type FieldProblem, messageOf } from '@/core/errors';
import { quoteQualified } from '@/core/postgres/identifiers';
import { filterColumns, filterProblems } from '@/core/spec/filter-check';
import type { StreamSpec } from '@/core/spec/stream-spec';
import { columnChanger } from '@/worker/flow/filter/columns';
import { createFilter } from '@/worker/flow/filter/filter';
import type { ServerFacts } from '@/worker/source/postgres/server-facts';
import type { Change, Op, Relation, Tuple } from '@/worker/source/source';
import { sampleChange } from './sample-change';

export interface FilterReport {
  readonly problems: readonly FieldProblem[];
  /** What would happen to updates and deletes that rows alone do not show. */
  readonly warnings: readonly string[];
  /** SQL that mends the warnings; null when no SQL does. */
  readonly remedy: string | null;
}
export interface FilterQuestion {
  readonly spec: Pick<StreamSpec, 'filter' | 'transform'> & { readonly source: Pick<StreamSpec['source'], 'operations'> };
  readonly relation: Relation;
  readonly rows: readonly Tuple[];
  readonly facts: ServerFacts;
}

/** Whether filter and transform fit the table: expressions compile, columns exist, old rows are sent where they are asked for. */
export async function filterReport({ spec, relation, rows, facts }: FilterQuestion): Promise<FilterReport> {
  const { filter, transform, source } = spec;
  const changes = (op: Op) => rows.map((row, index) => sampleChange(op, relation, row, index, facts, 0n));
  const problems = await filterProblems(filter);
  if (filter && problems.length === 0) problems.push(...missingColumns(await filterColumns(filter), relation));
  const [sample] = changes('r');
  if (transform && sample) {
    const trouble = troubleOf(() => columnChanger(transform)(sample));
    if (trouble) problems.push({ field: 'transform', value: null, remedy: trouble });
  }
  const warnings = [...unseenColumns(spec, relation)];
  if (filter && problems.length === 0) {
    const passes = await createFilter(filter);
    for (const [operation, op] of [
      ['update', 'u'],
      ['delete', 'd'],
    ] as const) {
      const failed = source.operations.includes(operation) ? firstTrouble(changes(op), passes) : null;
      if (failed) warnings.push(`${operation === 'update' ? 'Updates' : 'Deletes'} of the sampled rows go to recovery: ${failed}.`);
    }
  }
  const identity = `ALTER TABLE ${quoteQualified(relation.schema, relation.table)} REPLICA IDENTITY FULL;`;
  return {
    problems,
    warnings,
    remedy: warnings.some((warning) => /replica identity/i.test(warning)) && relation.replicaIdentity !== 'full' ? identity : null,
  };
}

/** As a step of the checks before a request; null when there is nothing to say. */
export function filterStep({ warnings, remedy }: FilterReport): CheckStep | null {
  if (warnings.length === 0) return null;
  const step = { name: 'Filter', status: 'warning', finding: warnings.join(' ') } as const;
  return { ...step, remedy: remedy ?? 'Ask has(…) or op first, or write the condition on row, which is there for every operation.' };
}

function missingColumns(named: Readonly<Record<string, readonly string[]>>, { columns }: Relation): FieldProblem[] {
  return Object.entries(named).flatMap(([field, names]) =>
    names
      .filter((name) => !columns.some((column) => column.name === name))
      .map((name) => ({ field, value: name, remedy: `the table has no column "${name}", or the stream does not carry it` })),
  );
}

/** Columns whose old values are not sent: updates cannot be told apart by them. */
function* unseenColumns({ filter, source }: FilterQuestion['spec'], { columns, replicaIdentity }: Relation): Generator<string> {
  if (!filter?.changedColumns || replicaIdentity === 'full' || !source.operations.includes('update')) return;
  const unseen = filter.changedColumns.filter((name) => columns.some((column) => column.name === name && !column.identity));
  if (unseen.length > 0)
    yield `Old values of ${unseen.join(', ')} are not sent (replica identity ${replicaIdentity}), so every update passes.`;
}

function firstTrouble(changes: readonly Change[], passes: (change: Change) => unknown): string | null {
  for (const change of changes) {
    const trouble = troubleOf(() => passes(change));
    if (trouble) return trouble;
  }
  return null;
}

function troubleOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (thrown) {
    return messageOf(thrown);
  }
}
