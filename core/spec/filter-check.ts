import type { FieldProblem } from '../errors';
import { messageOf } from '../errors';
import type { EventFilter } from './filter';
import type { SinkSpec } from './sink/sink-spec';

/**
 * What is wrong with the expressions of a filter, by field, with the place and the text that follows it. Loads the languages that the filter
 * uses: neither the form nor a pipeline without filter pays for them.
 */
export async function filterProblems(filter: EventFilter | undefined): Promise<FieldProblem[]> {
  const problems: FieldProblem[] = [];
  if (filter?.cel !== undefined) {
    const { compileCel } = await import('./filter-cel');
    problems.push(...tried('filter.cel', filter.cel, compileCel));
  }
  if (filter?.jsonPath !== undefined) {
    const { compileJsonPath } = await import('./filter-json-path');
    problems.push(...tried('filter.jsonPath', filter.jsonPath, compileJsonPath));
  }
  return problems;
}

/** What is wrong with the expression that a Kafka sink makes its keys by, in the same words. */
export async function kafkaKeyProblems(sink: SinkSpec): Promise<FieldProblem[]> {
  if (sink.type !== 'Kafka' || sink.key?.type !== 'Expression') return [];
  const { compileCelKey } = await import('./filter-cel');
  return tried('sink.key.expression', sink.key.expression, compileCelKey);
}

/** Columns that the conditions of a filter that compiles name, by field. */
export async function filterColumns({ changedColumns, cel, jsonPath }: EventFilter): Promise<Readonly<Record<string, readonly string[]>>> {
  return {
    'filter.changedColumns': changedColumns ?? [],
    'filter.cel': cel === undefined ? [] : (await import('./filter-cel')).celColumns(cel),
    'filter.jsonPath': jsonPath === undefined ? [] : (await import('./filter-json-path')).jsonPathColumns(jsonPath),
  };
}

function tried(field: string, text: string, compile: (text: string) => unknown): FieldProblem[] {
  try {
    compile(text);
    return [];
  } catch (thrown) {
    const at = (thrown as { at?: number | null }).at ?? null;
    return [{ field, value: text, remedy: `${messageOf(thrown)}${at === null ? '' : placeIn(text, at)}` }];
  }
}

/** ` (at character 12: "> 5")`. */
function placeIn(text: string, at: number): string {
  const rest = text.slice(at, at + 20);
  return rest === '' ? ' (at the end)' : ` (at character ${at + 1}: ${JSON.stringify(rest)})`;
}
