import type { Client } from 'pg';
import type { CheckStep } from '@/core/dto/inspection';
import { SpillwayError } from '@/core/errors';
import type { SourceSpec } from '@/core/spec/source';
import { passingRows } from './row-count';
import { rowFilterProblem } from './row-filter';
import type { TableDescription } from './table-description';

/** Which rows the stream carries: the server itself judges the condition, and counts how many of the latest rows pass. */
export async function rowFilterCheck(client: Client, table: TableDescription, spec: SourceSpec, versionNum: number): Promise<CheckStep[]> {
  const { rowFilter } = spec;
  if (!rowFilter) return [];
  const name = 'Row filter';
  if (versionNum < 150_000) {
    return [{ name, status: 'failed', finding: 'Row filters exist since PostgreSQL 15.', remedy: 'Leave the row filter out.' }];
  }
  const problem = await rowFilterProblem(client, table, rowFilter, spec.operations);
  if (problem) return [{ name, status: 'failed', ...problem }];
  if (!table.selectable || !table.schemaUsable) return [{ name, status: 'ok', finding: 'The server takes the condition.' }];
  let counted: Awaited<ReturnType<typeof passingRows>>;
  try {
    counted = await passingRows(client, table, rowFilter);
  } catch (thrown) {
    if (!(thrown instanceof SpillwayError)) throw thrown;
    return [
      {
        name,
        status: 'failed',
        finding: `${thrown.message}.`,
        remedy: 'The stream would end at such a row: write a condition that every row can be asked.',
      },
    ];
  }
  const { sampled, passing } = counted;
  const finding =
    sampled === 0
      ? 'The server takes the condition; the table has no rows to try it on.'
      : `${passing} of the latest ${sampled} rows pass: ${rowFilter}`;
  return [{ name, status: 'ok', finding }];
}

/** Postgres refuses a row filter or column list of a partitioned table that is published by its leaves (CREATE PUBLICATION). */
export function partitionsCheck(table: TableDescription, spec: SourceSpec): CheckStep[] {
  if (spec.partitions !== 'leaf') return [];
  const name = 'Partitions';
  if (table.relkind !== 'p') {
    return [{ name, status: 'ok', finding: 'The table is not partitioned; its own name is used either way.' }];
  }
  const pushed = [spec.rowFilter ? 'a row filter' : null, spec.columns ? 'a column list' : null].filter(Boolean);
  if (pushed.length === 0) return [{ name, status: 'ok', finding: 'Events name the partition that the row is in.' }];
  return [
    {
      name,
      status: 'failed',
      finding: `Postgres does not take ${pushed.join(' or ')} for a partitioned table that is published under the names of its partitions.`,
      remedy: 'Publish under the name of the root, or leave row filter and column list out.',
    },
  ];
}

/** Generated columns: published by the column list or as a whole, stored ones only, and since PostgreSQL 18. */
export function generatedCheck(table: TableDescription, spec: SourceSpec, versionNum: number): CheckStep[] {
  const generated = table.columns.filter((column) => column.generated);
  const name = 'Generated columns';
  const step = (status: CheckStep['status'], finding: string, remedy?: string): CheckStep[] => [
    { name, status, finding, ...(remedy ? { remedy } : {}) },
  ];
  if (spec.generatedColumns && versionNum < 180_000) {
    return step('failed', 'Generated columns cannot be published before PostgreSQL 18.', 'Turn generated columns off.');
  }
  if (generated.length === 0) return spec.generatedColumns ? step('ok', 'The table has none now; later ones are published.') : [];
  const listed = generated.filter((column) => spec.columns?.includes(column.name));
  if (listed.length > 0 && versionNum < 180_000) {
    return step('failed', `${namesOf(listed)} cannot be published before PostgreSQL 18.`, 'Take generated columns out of the column list.');
  }
  const virtual = listed.filter((column) => !column.stored);
  if (virtual.length > 0) {
    return step('failed', `${namesOf(virtual)}: virtual, so there is no value to publish.`, 'Take virtual columns out of the column list.');
  }
  const published = spec.columns ? listed : generated.filter((column) => spec.generatedColumns && column.stored);
  const left = generated.filter((column) => !published.includes(column));
  const them = left.length === 1 ? 'it' : 'them';
  const sentences = [
    published.length > 0 ? `${namesOf(published)}: published.` : null,
    left.length > 0 ? `${namesOf(left)}: not published; the server computes ${them} and leaves ${them} out of changes and snapshot.` : null,
  ];
  return step('ok', sentences.filter(Boolean).join(' '));
}

function namesOf(columns: readonly { readonly name: string }[]): string {
  return columns.map(({ name }) => name).join(', ');
}

/** Leaving out what the source itself replicated is an option of pgoutput since PostgreSQL 16. */
export function originCheck({ origin }: SourceSpec, versionNum: number): CheckStep[] {
  if (origin !== 'none') return [];
  const name = 'Origin';
  if (versionNum < 160_000) {
    return [{ name, status: 'failed', finding: 'Changes cannot be told by origin before PostgreSQL 16.', remedy: 'Set origin to any.' }];
  }
  return [
    { name, status: 'ok', finding: 'Changes that this server replicated from another one are left out; existing rows are all read.' },
  ];
}
